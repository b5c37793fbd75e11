using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>A disk that fails for a while: what died meanwhile comes back, and goes on from what is on the disk.</summary>
[NonParallelizable]
public sealed class FailingDiskTests
{
    [Test]
    public void A_learner_that_cannot_read_its_files_is_tried_again_until_it_can()
    {
        using TemporaryFolder results = new();
        using var disk = new FaultyDisk(results.Path);
        using RunnerProcess run = StartWith(
            disk.Environment, SmallRun(results.Path, "a", "--env", "pendulum", "--num-agents", "2", "--window", "1", "--no-stop"));
        using ControlBlock control = Control(results.Path, "a");
        string newest = Path.Combine(results.Path, "a", "Pendulum", CheckpointStore.LatestName);
        WaitUntil(() => File.Exists(newest), "a checkpoint is there");
        CheckpointStore.Load(newest, out long step);
        disk.Fail("role-learner", DiskFault.InputOutput);
        int pid = control.Learner.Pid;
        Kill("KILL", pid);
        run.WaitForLine("another try follows");
        disk.Heal();
        WaitUntil(() => control.Learner.Pid != pid && control.Learner.Phase >= ProcessPhase.Running, "the learner is back");
        Assert.That(control.Learner.Updates, Is.GreaterThan(0), "it goes on from its checkpoint");
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        CheckpointStore.Load(newest, out long last);
        Assert.That(last, Is.GreaterThan(step));
    }
}
