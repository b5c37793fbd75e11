using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// What is left of a run's processes although their supervisor is gone: one that is stopped, hangs, or was started by hand. A run that is
/// resumed needs their slots. Whoever calls this holds the run's lock, so they belong to nobody else.
/// </summary>
internal static class Leftovers
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    /// <summary>Kills them, and all that they have started.</summary>
    /// <param name="control">The run's control block, in which each has entered its process id and start time.</param>
    /// <param name="say">Told of each.</param>
    /// <exception cref="InputException">One cannot be ended.</exception>
    public static void End(ControlBlock control, Action<string> say)
    {
        foreach (ProcessSlot slot in Slots(control))
        {
            // Alive means that a process with this id and this start time runs, so it is no other process that was given the id later.
            if (slot.Pid != Environment.ProcessId && slot.IsHolderAlive)
            {
                Kill(slot);
                say(string.Create(
                    CultureInfo.InvariantCulture, $"Process {slot.Pid} ({slot.Role} {slot.Index}) was left of the run before and was ended."));
            }
        }
    }

    private static IEnumerable<ProcessSlot> Slots(ControlBlock control) =>
    [
        control.Learner,
        .. Enumerable.Range(0, ControlBlock.MaximumEnvironments).Select(i => control.Slot(ProcessRole.Environment, i)),
        control.Cluster,
        .. Enumerable.Range(0, ControlBlock.MaximumEvaluators).Select(i => control.Slot(ProcessRole.Evaluation, i)),
    ];

    private static void Kill(ProcessSlot slot)
    {
        int pid = slot.Pid;
        try
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill(entireProcessTree: true);
            process.WaitForExit(LongestEnd);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception or AggregateException)
        {
            // It may have ended by itself meanwhile; otherwise the next lines say that it could not be ended.
        }

        if (slot.IsHolderAlive)
        {
            throw new InputException(
                $"Process {pid} is still left of the run before ({slot.Role} {slot.Index}) and cannot be ended; end it and resume the run then.");
        }
    }
}
