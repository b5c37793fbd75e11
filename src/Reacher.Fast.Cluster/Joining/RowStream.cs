using System.Diagnostics;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Joining;

/// <summary>Sends frames, some of them at once, and opens the ring's gate as they are acknowledged. What is not acknowledged comes again.</summary>
internal sealed class RowStream
{
    /// <summary>Calls under way: half a megabyte, which fills a link of 10 Gbit/s with half a millisecond of delay.</summary>
    private const int MostUnderWay = 8;

    private const int LeastRows = 256;
    private const int ClaimsInWindow = 4;
    private static readonly TimeSpan WindowInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(1);

    private readonly IMachineGrain machine;
    private readonly ClusterSeat seat;
    private readonly WindowSize window;
    private readonly RowSender sender;
    private readonly Queue<(Task<FrameAnswer> Call, ulong End)> underWay = new();

    /// <summary>Goes on from what the run's machine has.</summary>
    /// <param name="ring">The machine's ring.</param>
    /// <param name="mark">Up to where the run's machine has its rows.</param>
    /// <param name="membership">This machine's place in the run.</param>
    /// <param name="machine">The same, on the run's machine.</param>
    /// <param name="seat">This machine's part of the run.</param>
    public RowStream(ReplayFile ring, ulong mark, Membership membership, IMachineGrain machine, ClusterSeat seat)
    {
        (this.machine, this.seat) = (machine, seat);
        long claims = (long)ClaimsInWindow * seat.Plan.AgentCount * seat.Plan.NStep * membership.Environments.Count;
        window = new WindowSize(Math.Max(LeastRows, claims), ring.Capacity);
        sender = new RowSender(ring, membership.Incarnation, membership.Stream, mark, window.Rows);
    }

    /// <summary>Sends until the run ends or the machine has no place any more.</summary>
    /// <param name="reports">Says how long a round trip is.</param>
    /// <param name="stop">Ends it where reporting has failed.</param>
    public async Task Run(Reports reports, CancellationToken stop)
    {
        (long at, ulong mark) = (Stopwatch.GetTimestamp(), sender.Mark);
        while (!seat.HasEnded && !stop.IsCancellationRequested)
        {
            if (!await Turn(stop))
            {
                await Task.Delay(Idle, stop);
            }

            TimeSpan passed = Stopwatch.GetElapsedTime(at);
            if (passed >= WindowInterval)
            {
                window.Add((long)(sender.Mark - mark), passed.TotalSeconds, reports.RoundTrip);
                sender.Window = window.Rows;
                (at, mark) = (Stopwatch.GetTimestamp(), sender.Mark);
            }
        }
    }

    /// <summary>Sends what is left, until there is nothing or the time is up.</summary>
    public async Task Drain(CancellationToken stop)
    {
        while (sender.Waiting > 0 && !stop.IsCancellationRequested && await Turn(stop))
        {
        }
    }

    // Whether there was anything to do.
    private async Task<bool> Turn(CancellationToken stop)
    {
        // A call costs the same for one row as for many, so that few rows are sent only where no answer is awaited anyway (Nagle, RFC 896).
        while (underWay.Count < MostUnderWay && (underWay.Count == 0 || sender.HasFullFrame) && sender.Next() is { } frame)
        {
            underWay.Enqueue((machine.Forward(frame), sender.Sent));
        }

        if (underWay.Count == 0)
        {
            return false;
        }

        (Task<FrameAnswer> call, ulong end) = underWay.Dequeue();
        FrameAnswer answer = await call.WaitAsync(stop);
        if (answer.MustRejoin)
        {
            Reports.MustRejoin(seat);
            return false;
        }

        if (answer.Refusal is string refusal)
        {
            throw new RefusedFrameException(refusal);
        }

        sender.Acknowledge(answer.Mark);
        if (answer.Mark < end && (!answer.IsKept || (underWay.Count == 0 && sender.Mark < sender.Sent)))
        {
            await GoBack(stop);
        }

        return true;
    }

    // The rate limiter held the frame for as long as a call may take, or it came before its predecessor.
    private async Task GoBack(CancellationToken stop)
    {
        while (underWay.TryDequeue(out (Task<FrameAnswer> Call, ulong End) later))
        {
            FrameAnswer answer = await later.Call.WaitAsync(stop);
            if (answer is { MustRejoin: false, Refusal: null })
            {
                sender.Acknowledge(answer.Mark);
            }
        }

        sender.GoBack();
    }
}

/// <summary>The run's machine refused a frame that this one has made, as it would again: its ring is damaged. The message is a sentence.</summary>
internal sealed class RefusedFrameException(string message) : Exception(message);
