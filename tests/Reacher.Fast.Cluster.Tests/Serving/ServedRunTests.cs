using Reacher.Fast.Cluster.Serving;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Cluster.Tests.Serving;

/// <summary>Which numbers of env processes are the run's own, and which machines' places stand where it goes on.</summary>
public sealed class ServedRunTests
{
    [TestCase(1, 62)]
    [TestCase(61, 2)]
    [TestCase(62, 1)]
    [TestCase(63, 0)]
    [TestCase(64, 0)]
    public void Machines_may_have_the_numbers_that_neither_the_run_nor_its_evaluation_has(int own, int most)
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, own, out RunPlan plan);
        using ControlBlock control = ControlBlock.Open(files.Control);
        using WeightChannel weights = WeightChannel.Open(files.Weights, plan.PublishedLength);
        using var run = new ServedRun(new ClusterSeat(files, plan, control, weights, control.Cluster, CancellationToken.None));
        Assert.That(run.MostEnvironments, Is.EqualTo(most));
    }

    [Test]
    public void A_machine_whose_numbers_the_run_now_needs_itself_loses_its_place()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, own: 4, out RunPlan plan);
        using (ReplayFile replay = ReplayFile.Open(files.Replay))
        using (AcknowledgementLog log = AcknowledgementLog.Open(files.Acknowledgements, replay))
        {
            log.Stream(0).Begin(incarnation: 11, environments: 0b11 << 2, "joined when there was one env process");
            log.Stream(1).Begin(incarnation: 13, environments: 0b11 << 5, "joined when there were four");
        }

        using ControlBlock control = ControlBlock.Open(files.Control);
        using WeightChannel weights = WeightChannel.Open(files.Weights, plan.PublishedLength);
        using var run = new ServedRun(new ClusterSeat(files, plan, control, weights, control.Cluster, CancellationToken.None));
        Assert.That(run.Log.Streams().Select(entry => entry.Incarnation.ReadAcquire()), Is.EqualTo(new[] { 13UL }));
    }

    private static RunFolder Make(TemporaryFolder folder, int own, out RunPlan plan)
    {
        plan = new RunPlan(new RunOptions { EnvironmentCount = own })
        {
            RunId = "run", Seed = 1, AgentCount = 1, ObservationSize = 3, ActionSize = 1,
        };
        var files = new RunFolder(folder.Path, "Reacher");
        Directory.CreateDirectory(files.Logs);
        ControlBlock.Create(files.Control).Dispose();
        WeightChannel.Create(files.Weights, plan.PublishedLength).Dispose();
        using ReplayFile replay = ReplayFile.Create(files.Replay, plan.TransitionSpec, 1000);
        AcknowledgementLog.Create(files.Acknowledgements, replay).Dispose();
        return files;
    }
}
