using System.Runtime.InteropServices;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Has the kernel wake this process when its parent dies. A process that was stopped (SIGSTOP, Ctrl-Z) cannot see for itself that its
/// supervisor is gone, and would hold its slot against a resumed run for as long as it stays stopped.
/// </summary>
internal static partial class ParentDeath
{
    private const int SetSignal = 1;
    private const int Continue = 18;

    /// <summary>
    /// Asks for SIGCONT at the parent's death; <see cref="SupervisorWatch"/> does the rest. A signal that kills would cost the learner
    /// its last save; and as the kernel takes the thread that started this process for the parent, it could come while the parent lives,
    /// which this one does no harm by.
    /// </summary>
    public static void WakeThisProcess()
    {
        if (OperatingSystem.IsLinux())
        {
            // It fails for no valid signal; without it the resumed run ends what is left.
            _ = prctl(SetSignal, Continue, 0, 0, 0);
        }
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint signal, nuint unused3, nuint unused4, nuint unused5);
}
