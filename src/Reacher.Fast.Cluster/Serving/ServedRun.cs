using System.Collections.Concurrent;
using System.Numerics;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>The run that the grains of this process speak for: its mapped files, opened once.</summary>
internal sealed class ServedRun : IDisposable
{
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(5);

    private readonly ClusterSeat seat;
    private readonly ConcurrentDictionary<int, bool> told = new();

    /// <summary>Opens the replay and its log, and settles what an earlier process left.</summary>
    public ServedRun(ClusterSeat seat)
    {
        this.seat = seat;
        Replay = ReplayFile.Open(seat.Files.Replay, seat.Plan.TransitionSpec);
        Log = AcknowledgementLog.Open(seat.Files.Acknowledgements, Replay);
        Log.TakeOver(Replay);
        // The run may have gone on with more env processes than when these machines joined it: they join anew, with numbers of their own.
        foreach (StreamEntry entry in Log.Streams().Where(entry => (entry.Environments.ReadAcquire() & OwnEnvironments) != 0))
        {
            entry.End();
        }

        Limiter = new LimiterQueue(seat.Control);
        Weights = new WeightCopies(seat.Weights, TimeProvider.System);
    }

    /// <summary>The run's plan.</summary>
    public RunPlan Plan => seat.Plan;

    /// <summary>The run's counters.</summary>
    public ControlBlock Control => seat.Control;

    /// <summary>The run's replay.</summary>
    public ReplayFile Replay { get; }

    /// <summary>What the replay has of each machine.</summary>
    public AcknowledgementLog Log { get; }

    /// <summary>Where rows wait for the rate limiter.</summary>
    public LimiterQueue Limiter { get; }

    /// <summary>The weights that machines take.</summary>
    public WeightCopies Weights { get; }

    /// <summary>Publications of weights so far.</summary>
    public long Publication => seat.Weights.PublishedCount;

    /// <summary>The numbers of env processes that no machine may have: the run's own, and the evaluation's, whose seeds are its own.</summary>
    public ulong OwnEnvironments =>
        seat.Plan.EnvironmentCount + 1 < ControlBlock.MaximumEnvironments ? (1UL << (seat.Plan.EnvironmentCount + 1)) - 1 : ulong.MaxValue;

    /// <summary>How many numbers of env processes machines may have.</summary>
    public int MostEnvironments => ControlBlock.MaximumEnvironments - BitOperations.PopCount(OwnEnvironments);

    /// <summary>The machine at a place has been told that the run ends.</summary>
    public void Told(int stream) => told[stream] = true;

    /// <summary>Whether every machine that spoke within the last seconds has been told that the run ends.</summary>
    public bool AllAreTold() =>
        Log.Streams().All(entry => told.ContainsKey(entry.Index) || entry.SilentMilliseconds > LongestQuiet.TotalMilliseconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        Limiter.Dispose();
        Log.Dispose();
        Replay.Dispose();
    }
}
