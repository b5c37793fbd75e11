using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Run;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A disk on which each fsync takes longer than a process in its loop may be silent: nobody who waits for it is taken for hung.</summary>
[NonParallelizable]
public sealed class SlowDiskTests
{
    private static readonly TimeSpan Fsync = TimeSpan.FromSeconds(3);

    private string results = "";
    private FaultyDisk disk = null!;

    [SetUp]
    public void MakeDisk()
    {
        results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;
        disk = new FaultyDisk(results);
    }

    [TearDown]
    public void DeleteDisk()
    {
        disk.Dispose();
        Directory.Delete(results, recursive: true);
    }

    [Test]
    public void An_evaluation_that_keeps_the_best_policy_is_let_wait()
    {
        using RunnerProcess run = StartSlow("a", "role-eval");
        using ControlBlock control = Control(results, "a");
        ProcessSlot evaluation = control.Slot(ProcessRole.Evaluation, 0);
        var files = new RunFolder(Path.Combine(results, "a"), "Pendulum");
        WaitUntil(() => File.Exists(files.BestPolicy) || evaluation.Restarts > 0, "the best policy is kept");
        // The folder is flushed after the file has its name, and only then is the score recorded.
        WaitUntil(() => evaluation.Episodes > 0 || evaluation.Restarts > 0, "the episode is recorded");
        Assert.That(evaluation.Restarts, Is.Zero, run.Errors);
    }

    [Test]
    public void A_learner_saves_once_more_when_the_run_ends()
    {
        using RunnerProcess run = StartSlow("b", "role-learner");
        using ControlBlock control = Control(results, "b");
        WaitUntil(() => control.Learner.Updates > 20, "updates are made");
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(control.Learner.Phase, Is.EqualTo(ProcessPhase.Stopped), "it has ended by itself");
        Assert.That(control.Learner.Restarts, Is.Zero);
        Assert.That(Directory.GetFiles(Path.Combine(results, "b", "Pendulum"), "Pendulum-*.safetensors"), Is.Not.Empty);
    }

    // Every score reaches the threshold, so each that is better than those before keeps a policy.
    private RunnerProcess StartSlow(string id, string role)
    {
        disk.Slow(role, Fsync);
        return StartWith(
            disk.Environment,
            SmallRun(results, id, "--env", "pendulum", "--num-agents", "2", "--window", "1", "--threshold", "-1e9", "--no-stop"));
    }
}
