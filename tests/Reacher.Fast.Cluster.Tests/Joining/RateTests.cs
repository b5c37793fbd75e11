using System.Diagnostics;
using Reacher.Fast.Cluster.Joining;
using Reacher.Fast.Cluster.Protocol;
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

/// <summary>
/// How many rows a second reach the run's replay from one machine that has joined, beside what bare grain calls of as many bytes carry: in one
/// run, over loopback, both ends in this process, one after the other so that what else the machine does falls on both.
/// </summary>
public sealed class RateTests
{
    private const int RowsAtOnce = 20;
    private const int Rounds = 15;
    private const int CallsUnderWay = 16;
    // A place that no machine has.
    private const int NoMachine = AcknowledgementLog.StreamCount - 1;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(1.5);

    [Test]
    [Explicit("A measurement: dotnet test -c Release tests/Reacher.Fast.Cluster.Tests --filter FullyQualifiedName~RateTests")]
    public void Rows_a_second_over_loopback_beside_bare_calls()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        RunPlan plan = new(new RunOptions()) { RunId = "rate", Seed = 1, AgentCount = RowsAtOnce, ObservationSize = 33, ActionSize = 4 };
        using Side run = new(folder["run"], plan, 1 << 20, gate: null), machine = new(folder["machine"], plan, 1 << 15, gate: 1);
        var endpoint = new ClusterEndpoint("127.0.0.1", FreePort.Find(), null);
        AcknowledgementLog.Create(run.Seat.Files.Acknowledgements, run.Replay).Dispose();
        using var ended = new CancellationTokenSource();
        using var mayWrite = new ManualResetEventSlim();
        Task serving = Task.Factory.StartNew(() => RunServer.Serve(run.Seat, endpoint), TaskCreationOptions.LongRunning);
        IClusterBackend backend = new ClusterBackend();
        backend.AskForPlan(endpoint, TimeSpan.FromSeconds(30), CancellationToken.None);
        JoinedPlace place = backend.Join(endpoint, "machine", 1);
        Task forwarding = Task.Factory.StartNew(
            () => new Forwarder(machine.Seat, new Membership(endpoint, place.Stream, place.Incarnation, [2])).Run(), TaskCreationOptions.LongRunning);
        Task writing = Task.Factory.StartNew(() => Write(machine, mayWrite, ended.Token), TaskCreationOptions.LongRunning);

        int stride = run.Replay.Spec.StrideBytes;
        List<double> rows = [], calls = [];
        for (int round = 0; round < Rounds; round++)
        {
            mayWrite.Set();
            Thread.Sleep(Settled);
            (long before, long at) = (run.Replay.WrittenRows, Stopwatch.GetTimestamp());
            Thread.Sleep(Measured);
            rows.Add((run.Replay.WrittenRows - before) * stride / Stopwatch.GetElapsedTime(at).TotalSeconds);
            mayWrite.Reset();
            Thread.Sleep(Settled);
            calls.Add(BareBytesPerSecond(endpoint, run.Replay).GetAwaiter().GetResult());
            TestContext.Out.WriteLine(
                $"{rows[^1] / stride / 1e6:F2} M rows/s, {rows[^1] / 1e6:F0} MB/s; bare calls {calls[^1] / 1e6:F0} MB/s; {rows[^1] / calls[^1]:P0}");
        }

        double median = Median(rows), bare = Median(calls);
        TestContext.Out.WriteLine(
            $"Medians: {median / stride / 1e6:F2} M rows/s of {stride} bytes, {median / 1e6:F0} MB/s; bare calls {bare / 1e6:F0} MB/s; " +
            $"rows carry {median / bare:P0} of what bare calls do, {Median([.. rows.Zip(calls, (row, call) => row / call)]):P0} by rounds.");
        ended.Cancel();
        mayWrite.Set();
        writing.Wait();
        run.Control.RequestStop(StopReason.MaximumSteps);
        Task.WaitAll(serving, forwarding);
        Assert.That((median, bare), Is.GreaterThan((0.0, 0.0)));
    }

    // The call that carries rows, with as many bytes and none of the work: what begins with zeros is refused before anything else is done.
    private static async Task<double> BareBytesPerSecond(ClusterEndpoint endpoint, ReplayFile replay)
    {
        await using RunClient client = await RunClient.Connect(endpoint, CancellationToken.None);
        IMachineGrain machine = client.Machine(NoMachine);
        byte[] bytes = new byte[RowFrame.LongestBytes(replay.Spec)];
        Assert.That((await machine.Forward(bytes)).Refusal, Is.Not.Null);
        using var stop = new CancellationTokenSource();
        long carried = 0;
        Task[] callers = [.. Enumerable.Range(0, CallsUnderWay).Select(_ => Call())];
        await Task.Delay(Settled);
        (long before, long at) = (Volatile.Read(ref carried), Stopwatch.GetTimestamp());
        await Task.Delay(Measured);
        double rate = (Volatile.Read(ref carried) - before) / Stopwatch.GetElapsedTime(at).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        return rate;

        async Task Call()
        {
            while (!stop.IsCancellationRequested)
            {
                await machine.Forward(bytes);
                Interlocked.Add(ref carried, bytes.Length);
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Write(Side machine, ManualResetEventSlim may, CancellationToken stop)
    {
        using var writer = new RowWriter(machine.Replay, RowsAtOnce, 0);
        float[] observation = new float[33], action = new float[4];
        for (int row = 0; row < RowsAtOnce; row++)
        {
            writer.Staged.Compose(row, (uint)((2 << 24) + row), observation, action, 0, 0, observation);
        }

        while (!stop.IsCancellationRequested)
        {
            may.Wait(CancellationToken.None);
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
