using Reacher.Fast.Replay.Control;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>Processes of a run that are stopped, as by Ctrl-Z or in a container that is frozen, and what is left of a run.</summary>
[NonParallelizable]
public sealed class StoppedProcessTests
{
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [Test]
    public void A_run_that_was_stopped_as_a_whole_goes_on_with_the_same_processes()
    {
        using RunnerProcess run = Train(results, "a", "--hung-seconds", "2.5");
        using ControlBlock control = Control(results, "a");
        ProcessSlot[] children = Children(control);
        WaitUntil(() => control.Learner.Updates > 20 && children.All(child => child.Phase >= ProcessPhase.Running), "the run is under way");
        int[] all = [.. children.Select(child => child.Pid), run.Process.Id];
        Array.ForEach(all[..^1], pid => Kill("STOP", pid));
        // The supervisor, which is stopped last, has seen that its children are silent.
        long looks = control.Supervisor.Heartbeats;
        WaitUntil(() => control.Supervisor.Heartbeats > looks + 2, "the supervisor looks twice");
        Kill("STOP", all[^1]);

        // Longer than --hung-seconds allows: how long the run is stopped is what is tested.
        Thread.Sleep(TimeSpan.FromSeconds(3));
        long updates = control.Learner.Updates, steps = children[1].VectorSteps;
        Array.ForEach(all, pid => Kill("CONT", pid));
        WaitUntil(() => control.Learner.Updates > updates + 100 && children[1].VectorSteps > steps + 100, "the run goes on");
        Assert.That(children.Select(child => child.Restarts), Is.All.Zero, run.Errors);
        Assert.That(children.Select(child => child.Pid), Is.EqualTo(all[..^1]));
    }

    [Test]
    public void A_stopped_child_ends_with_its_supervisor()
    {
        using RunnerProcess run = Train(results, "b", "--hung-seconds", "600");
        using ControlBlock control = Control(results, "b");
        ProcessSlot[] children = Children(control);
        WaitUntil(() => children.All(child => child.IsHolderAlive) && control.Learner.Updates > 0, "all processes run");
        foreach (ProcessSlot child in children)
        {
            Kill("STOP", child.Pid);
        }

        run.Signal("KILL");
        run.WaitForExit();
        try
        {
            WaitUntil(() => children.All(child => !child.IsHolderAlive), "no orphan is left");
        }
        finally
        {
            foreach (ProcessSlot child in children.Where(child => child.IsHolderAlive))
            {
                Kill("KILL", child.Pid);
            }
        }
    }

    [Test]
    public void A_resumed_run_ends_what_is_left_of_the_run_before()
    {
        using (RunnerProcess first = Train(results, "c", "--max-steps", "400", "--save-replay-buffer"))
        {
            Assert.That(first.WaitForExit(), Is.Zero, first.Errors);
        }

        // A process that somebody has started by hand knows no supervisor whose death would end it.
        using ControlBlock control = Control(results, "c");
        control.ClearStop();
        using RunnerProcess left = Start("role-env", Path.Combine(results, "c"));
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        WaitUntil(() => environment.Pid == left.Process.Id, "the process has taken the slot");
        using RunnerProcess resumed = Train(results, "c", "--resume", "--max-steps", "1200");
        Assert.That(left.WaitForExit(), Is.EqualTo(137));
        Assert.That(resumed.WaitForExit(), Is.Zero, resumed.Errors);
        Assert.That(resumed.Errors, Does.Contain($"Process {left.Process.Id} (Environment 0) was left"));
    }

    [Test]
    public void A_terminal_that_is_closed_ends_the_run_in_order()
    {
        using RunnerProcess run = Train(results, "d");
        using ControlBlock control = Control(results, "d");
        WaitUntil(() => control.Learner.Updates > 50, "updates are made");
        // As the kernel and the shell send it to a whole process group, more than once.
        foreach (int pid in Children(control).Select(child => child.Pid).Append(run.Process.Id).Append(run.Process.Id))
        {
            Kill("HUP", pid);
        }

        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        run.WaitForLine("\"interrupted\"");
        Assert.That(File.Exists(Path.Combine(results, "d", "Reacher.onnx")), Is.True);
        Assert.That(Children(control).Select(child => child.Phase), Is.All.EqualTo(ProcessPhase.Stopped));
    }

    private static ProcessSlot[] Children(ControlBlock control) =>
        [control.Learner, control.Slot(ProcessRole.Environment, 0), control.Slot(ProcessRole.Evaluation, 0)];
}
