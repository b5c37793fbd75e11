using Reacher.Fast.Replay.Control;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A run whose output nobody takes: it goes on, restarts what dies, and ends at the first signal.</summary>
[NonParallelizable]
public sealed class UnreadOutputTests
{
    private string results = "";

    // A pipe that is full from the beginning, both of whose ends the process itself holds.
    private const string Unread =
        "mkfifo \"$0.fifo\"; exec 3<>\"$0.fifo\"; dd if=/dev/zero of=\"$0.fifo\" oflag=nonblock bs=4096 count=10000 2>/dev/null; ";

    private static IEnumerable<TestCaseData> Outputs()
    {
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
        RequireRestart(control);
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130));
        RequireCleanEnd();
    }

    [Test]
    public void A_terminal_that_takes_nothing_stops_no_run()
    {
        // script(1) makes the terminal, and reads nothing from it once its own output is blocked.
        string shell = "command -v script > /dev/null || exit 77; " + Unread + "exec script -qfec \"$*\" /dev/null > \"$0.fifo\"";
        using RunnerProcess terminal = StartFromShell(
            shell, Path.Combine(results, "output"), SmallRun(results, "a").Where(argument => argument != "--json"));
        WaitUntil(() => terminal.Process.HasExited || File.Exists(Path.Combine(results, "a", "control.map")), "the run begins");
        if (terminal.Process.HasExited && terminal.WaitForExit() == 77)
        {
            Assert.Ignore("There is no script(1) here.");
        }

        using ControlBlock control = Control(results, "a");
        RequireRestart(control);
        Kill("TERM", control.Supervisor.Pid);
        WaitUntil(() => !control.Supervisor.IsHolderAlive, "the run ends");
        Assert.That(control.StopReason, Is.EqualTo(StopReason.Interrupted));
        RequireCleanEnd();
    }

    private static void RequireRestart(ControlBlock control)
    {
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        WaitUntil(() => control.Learner.Updates > 50 && environment.Phase >= ProcessPhase.Running, "updates are made");
        int pid = environment.Pid;
        Kill("KILL", pid);
        WaitUntil(() => environment.Pid != pid && environment.Phase >= ProcessPhase.Running, "what dies is started again");
    }

    private void RequireCleanEnd()
    {
        Assert.That(File.Exists(Path.Combine(results, "a", "Reacher.onnx")), Is.True);
        Assert.That(File.Exists(Path.Combine(results, "a", "summary.json")), Is.True);
    }
}
