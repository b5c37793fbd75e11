using Reacher.Fast.Replay.Control;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A run whose output nobody takes: it goes on, restarts what dies, and ends at the first signal.</summary>
[NonParallelizable]
public sealed class UnreadOutputTests
{
    private string results = "";

    private static IEnumerable<TestCaseData> Outputs()
    {
        // A pipe that is full from the beginning, both of whose ends the run's own process holds.
        const string Unread =
            "mkfifo \"$0.fifo\"; exec 3<>\"$0.fifo\"; dd if=/dev/zero of=\"$0.fifo\" oflag=nonblock bs=4096 count=10000 2>/dev/null; ";
        yield return new TestCaseData("exec \"$@\" > /dev/full 2>&1").SetArgDisplayNames("a full disk");
        yield return new TestCaseData("exec \"$@\" >&- 2>&-").SetArgDisplayNames("none at all");
        yield return new TestCaseData(Unread + "exec \"$@\" > \"$0.fifo\" 2>&1").SetArgDisplayNames("a pipe that nobody reads");
    }

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [TestCaseSource(nameof(Outputs))]
    public void A_run_does_not_depend_on_its_output(string shell)
    {
        using RunnerProcess run = StartFromShell(shell, Path.Combine(results, "output"), SmallRun(results, "a"));
        using ControlBlock control = Control(results, "a");
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        WaitUntil(() => control.Learner.Updates > 50 && environment.Phase >= ProcessPhase.Running, "updates are made");
        int pid = environment.Pid;
        Kill("KILL", pid);
        WaitUntil(() => environment.Pid != pid && environment.Phase >= ProcessPhase.Running, "what dies is started again");
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130));
        Assert.That(File.Exists(Path.Combine(results, "a", "Reacher.onnx")), Is.True);
        Assert.That(File.Exists(Path.Combine(results, "a", "summary.json")), Is.True);
    }
}
