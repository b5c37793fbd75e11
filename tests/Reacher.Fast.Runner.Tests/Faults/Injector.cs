using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>Brings a fault about for a role of a run, and takes it back.</summary>
/// <param name="run">The run.</param>
/// <param name="role">The role.</param>
/// <param name="fault">The fault.</param>
internal sealed class Injector(FaultyRun run, ProcessRole role, Fault fault)
{
    private const int PageBytes = 4096;
    // The first pages of a replay are its header, counter and leases.
    private const int ReplayHeaderBytes = 5 * PageBytes;
    private const int FewFiles = 100;
    private const int ShortMegabytes = 20;
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(3);

    /// <summary>The process that it happened to; 0 for none.</summary>
    public int Victim { get; private set; }

    private string Verb => FaultyRun.VerbOf(role);

    /// <summary>The file that the role writes most.</summary>
    private string File => role switch
    {
        ProcessRole.Supervisor => run.Files.Control,
        ProcessRole.Environment => run.Files.Replay,
        ProcessRole.Learner => run.Files.Weights,
        _ => run.Files.Evaluations,
    };

    /// <summary>To the process that has the role now.</summary>
    public void Strike()
    {
        Victim = run.PidOf(role);
        switch (fault)
        {
            case Fault.Killed:
                RunnerProcess.Kill("KILL", Victim);
                break;
            case Fault.Stopped:
                RunnerProcess.Kill("STOP", Victim);
                break;
            case Fault.FewDescriptors:
                // Fewer than it has: the next file that it opens is refused.
                Limit("nofile", "10:");
                break;
            case Fault.ShortFiles:
                Limit("fsize", string.Create(CultureInfo.InvariantCulture, $"{PageBytes}:"));
                break;
            default:
                Prepare();
                break;
        }
    }

    /// <summary>To the processes that have the role from now on, and to the one that has it as far as a disk can.</summary>
    public void Prepare()
    {
        switch (fault)
        {
            case Fault.DiskFull:
                run.Disk.Fail(Verb, DiskFault.Full);
                break;
            case Fault.InputOutput:
                run.Disk.Fail(Verb, DiskFault.InputOutput);
                break;
            case Fault.NotPermitted:
                run.Disk.Fail(Verb, DiskFault.NotPermitted);
                break;
            case Fault.SlowFlush:
                run.Disk.Slow(Verb, Flush);
                break;
            case Fault.FewDescriptors:
                run.Disk.LimitDescriptors(Verb, FewFiles);
                break;
            case Fault.ShortFiles:
                run.Disk.LimitFiles(Verb, ShortMegabytes);
                break;
            case Fault.TornPages:
                CutOff();
                break;
            case Fault.Killed:
            case Fault.Stopped:
            default:
                break;
        }
    }

    /// <summary>Takes it back, as far as that can be done.</summary>
    public void Heal()
    {
        run.Disk.Heal();
        if (fault == Fault.Stopped && Victim > 0)
        {
            RunnerProcess.Kill("CONT", Victim);
        }

        if (Victim > 0 && fault is Fault.FewDescriptors or Fault.ShortFiles)
        {
            Limit(fault == Fault.FewDescriptors ? "nofile" : "fsize", fault == Fault.FewDescriptors ? "4096:" : "unlimited:");
        }
    }

    /// <summary>Clears every third page of the role's file, as a loss of power does whose last pages never reached the disk.</summary>
    public void Tear()
    {
        if (!System.IO.File.Exists(File))
        {
            return;
        }

        byte[] content = System.IO.File.ReadAllBytes(File);
        for (int page = 1; page * PageBytes < content.Length; page += 3)
        {
            content.AsSpan(page * PageBytes, Math.Min(PageBytes, content.Length - (page * PageBytes))).Clear();
        }

        System.IO.File.WriteAllBytes(File, content);
    }

    // All that is behind the header, which a process that stands on the mapping meets as SIGBUS.
    private void CutOff()
    {
        if (role == ProcessRole.Supervisor)
        {
            run.Forget();
        }

        using var file = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(role == ProcessRole.Environment ? ReplayHeaderBytes : PageBytes);
    }

    private void Limit(string name, string value)
    {
        string[] arguments = ["--pid", Victim.ToString(CultureInfo.InvariantCulture), $"--{name}={value}"];
        using Process limit = Process.Start(new ProcessStartInfo("prlimit", arguments) { RedirectStandardError = true })!;
        limit.WaitForExit();
    }
}
