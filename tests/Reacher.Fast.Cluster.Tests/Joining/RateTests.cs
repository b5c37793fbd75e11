using System.Diagnostics;
using Reacher.Fast.Cluster.Joining;
using Reacher.Fast.Cluster.Serving;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Cluster.Tests.Joining;

/// <summary>How many rows a second reach the run's replay from one machine that has joined, over loopback, both ends in this process.</summary>
public sealed class RateTests
{
    private const int RowsAtOnce = 20;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    [Test]
    [Explicit("A measurement: dotnet test -c Release tests/Reacher.Fast.Cluster.Tests --filter FullyQualifiedName~RateTests")]
    public void Rows_a_second_over_loopback()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        RunPlan plan = new(new RunOptions()) { RunId = "rate", Seed = 1, AgentCount = RowsAtOnce, ObservationSize = 33, ActionSize = 4 };
        using Side run = new(folder["run"], plan, 1 << 20, gate: null), machine = new(folder["machine"], plan, 1 << 15, gate: 1);
        var endpoint = new ClusterEndpoint("127.0.0.1", FreePort.Find(), null);
        AcknowledgementLog.Create(run.Seat.Files.Acknowledgements, run.Replay).Dispose();
        using var ended = new CancellationTokenSource();
        Task serving = Task.Factory.StartNew(() => RunServer.Serve(run.Seat, endpoint), TaskCreationOptions.LongRunning);
        IClusterBackend backend = new ClusterBackend();
        backend.AskForPlan(endpoint, TimeSpan.FromSeconds(30), CancellationToken.None);
        JoinedPlace place = backend.Join(endpoint, "machine", 1);
        Task forwarding = Task.Factory.StartNew(
            () => new Forwarder(machine.Seat, new Membership(endpoint, place.Stream, place.Incarnation, [2])).Run(), TaskCreationOptions.LongRunning);
        Task writing = Task.Factory.StartNew(() => Write(machine, ended.Token), TaskCreationOptions.LongRunning);
        for (int i = 0; i < 4; i++)
        {
            (long rows, long at) = (run.Replay.WrittenRows, Stopwatch.GetTimestamp());
            Thread.Sleep(Measured);
            double rate = (run.Replay.WrittenRows - rows) / Stopwatch.GetElapsedTime(at).TotalSeconds;
            TestContext.Out.WriteLine($"{rate / 1e6:F2} M rows/s, {rate * run.Replay.Spec.StrideBytes / 1e6:F0} MB/s");
        }

        ended.Cancel();
        writing.Wait();
        run.Control.RequestStop(StopReason.MaximumSteps);
        Task.WaitAll(serving, forwarding);
        Assert.That(run.Replay.WrittenRows, Is.GreaterThan(0));
    }

    private static void Write(Side machine, CancellationToken stop)
    {
        using var writer = new RowWriter(machine.Replay, RowsAtOnce, 0);
        float[] observation = new float[33], action = new float[4];
        for (int row = 0; row < RowsAtOnce; row++)
        {
            writer.Staged.Compose(row, (uint)((2 << 24) + row), observation, action, 0, 0, observation);
        }

        while (!stop.IsCancellationRequested)
        {
            writer.Publish(RowsAtOnce);
        }
    }

    // The mapped files of a machine.
    private sealed class Side : IDisposable
    {
        private readonly WeightChannel weights;

        public Side(string folder, RunPlan plan, long capacity, long? gate)
        {
            var files = new RunFolder(folder, plan.Behavior);
            Directory.CreateDirectory(files.Logs);
            Replay = ReplayFile.Create(files.Replay, plan.TransitionSpec, capacity, new ReplayOptions { Gate = gate, Populate = true });
            Control = ControlBlock.Create(files.Control);
            Control.Limiter.Configure(new RateLimits(0, 0, 1, 1));
            weights = WeightChannel.Create(files.Weights, plan.PublishedLength);
            Seat = new ClusterSeat(files, plan, Control, weights, Control.Cluster, CancellationToken.None);
        }

        public ReplayFile Replay { get; }

        public ControlBlock Control { get; }

        public ClusterSeat Seat { get; }

        public void Dispose()
        {
            weights.Dispose();
            Control.Dispose();
            Replay.Dispose();
        }
    }
}
