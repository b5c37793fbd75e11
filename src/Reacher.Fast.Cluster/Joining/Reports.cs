using System.Diagnostics;
using System.Runtime.InteropServices;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Joining;

/// <summary>
/// What a machine says of itself, and what it is told in return: whether the run goes on, how far it is, and whether there are newer weights,
/// which are then brought. One call after another, so that weights are never queued: a slow link takes fewer of them, each the newest when it was
/// begun.
/// </summary>
/// <param name="seat">This machine's part of the run.</param>
/// <param name="membership">Its place there.</param>
/// <param name="client">The connection to the run's machine.</param>
internal sealed class Reports(ClusterSeat seat, Membership membership, RunClient client)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    // Weights may take a slow link longer than a machine may be silent.
    private static readonly TimeSpan LongestWithoutReport = TimeSpan.FromSeconds(1);
    // Reports wait for no frame, so that one which is not answered in this time tells of a machine or a link that is gone.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(3);

    private readonly IMachineGrain machine = client.Machine(membership.Stream);
    private long publication;
    private ulong mark;
    private long waiting;
    private double roundTrip = double.MaxValue;

    /// <summary>Seconds of the shortest round trip so far; 0 before the first.</summary>
    public double RoundTrip => Volatile.Read(ref roundTrip) is var seconds and < double.MaxValue ? seconds : 0;

    /// <summary>This life of the machine has no place in the run any more.</summary>
    public static void MustRejoin(ClusterSeat seat)
    {
        seat.Self.WriteGauge(SenderGauge.MustRejoin, 1);
        seat.Control.RequestStop(StopReason.Interrupted);
    }

    /// <summary>Reports until the run ends or the machine has no place any more.</summary>
    /// <param name="ring">The machine's ring.</param>
    /// <param name="hear">Called for each answer.</param>
    /// <param name="stop">Ends it where sending has failed.</param>
    public async Task Run(ReplayFile ring, Action hear, CancellationToken stop)
    {
        while (!seat.HasEnded && !stop.IsCancellationRequested)
        {
            if (await Report(ring, hear, stop) is not { } answer)
            {
                return;
            }

            if (answer.Publication > publication && !await BringWeights(ring, hear, stop))
            {
                return;
            }

            await Task.Delay(Interval, stop);
        }
    }

    /// <summary>One report and its answer; null where there is nothing more to report.</summary>
    /// <param name="stop">Ends the wait for the answer.</param>
    public async Task<ReportAnswer?> Exchange(CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        ReportAnswer answer = await machine.Report(new MachineReport
        {
            Incarnation = membership.Incarnation,
            Waiting = waiting,
            WeightVersion = seat.Self.WeightVersion,
            Environments = [.. membership.Environments.Select(index => Describe(seat.Control.Slot(ProcessRole.Environment, index)))],
        }).WaitAsync(LongestAnswer, stop);
        Volatile.Write(ref roundTrip, Math.Min(roundTrip, Stopwatch.GetElapsedTime(began).TotalSeconds));
        if (answer.MustRejoin)
        {
            MustRejoin(seat);
            return null;
        }

        mark = answer.Mark;
        if (answer.StopReason != 0)
        {
            seat.Control.RequestStop((StopReason)answer.StopReason);
            return null;
        }

        // The rest of the run, under a number that no other machine's env process has: warm-up is the whole run's.
        long own = membership.Environments.Sum(index => seat.Control.Slot(ProcessRole.Environment, index).Transitions);
        seat.Control.Slot(ProcessRole.Environment, 0).SetVectorSteps(0, Math.Max(0, answer.Transitions - own));
        return answer;
    }

    private static EnvironmentReport Describe(ProcessSlot slot) => new()
    {
        Index = slot.Index,
        VectorSteps = slot.VectorSteps,
        Episodes = slot.Episodes,
        Score = slot.LastScore,
        Gauges = [.. Enumerable.Range(0, 3).Select(slot.ReadGauge)],
    };

    private async Task<ReportAnswer?> Report(ReplayFile ring, Action hear, CancellationToken stop)
    {
        waiting = ring.RowsFrom(mark);
        ReportAnswer? answer = await Exchange(stop);
        if (answer is not null)
        {
            hear();
        }

        return answer;
    }

    // Piece by piece. False where there is nothing more to report.
    private async Task<bool> BringWeights(ReplayFile ring, Action hear, CancellationToken stop)
    {
        byte[] bytes = new byte[sizeof(float) * seat.Weights.FloatCount];
        long reported = Stopwatch.GetTimestamp();
        (long begun, int taken) = (0, 0);
        while (true)
        {
            if (await client.Weights.Pull(publication, begun, taken).WaitAsync(stop) is not { } answer)
            {
                return true;
            }

            hear();
            if (answer.Length != bytes.Length || answer.Piece.Length == 0 || answer.Piece.Length > bytes.Length - taken)
            {
                throw Damaged();
            }

            answer.Piece.CopyTo(bytes, taken);
            (begun, taken) = (answer.Publication, taken + answer.Piece.Length);
            if (taken == bytes.Length)
            {
                Publish(bytes, answer);
                return true;
            }

            if (Stopwatch.GetElapsedTime(reported) > LongestWithoutReport)
            {
                reported = Stopwatch.GetTimestamp();
                if (await Report(ring, hear, stop) is null)
                {
                    return false;
                }
            }
        }
    }

    private void Publish(byte[] bytes, WeightAnswer answer)
    {
        if (Checksum.Compute(bytes) != answer.Checksum)
        {
            throw Damaged();
        }

        seat.Weights.Publish(MemoryMarshal.Cast<byte, float>(bytes), answer.Version);
        ProcessSlot self = seat.Self;
        self.WeightVersion = answer.Version;
        publication = answer.Publication;
    }

    private static InputException Damaged() => new("The weights that came from the run's machine are damaged or of another network.");
}
