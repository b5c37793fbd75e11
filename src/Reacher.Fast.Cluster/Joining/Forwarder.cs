using System.Diagnostics;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Cluster.Joining;

/// <summary>
/// The process of a joined machine that speaks to the run's: sends the ring's rows and opens its gate as they are acknowledged
/// (<see cref="RowStream"/>), reports, and brings the newest weights (<see cref="Reports"/>). It remembers nothing: when it is killed, the next
/// one asks the run's machine where to go on. While that machine is away it tries again and again, and the ring fills.
/// </summary>
/// <param name="seat">This machine's part of the run.</param>
/// <param name="membership">Its place there.</param>
internal sealed class Forwarder(ClusterSeat seat, Membership membership)
{
    private static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(1);

    private long heardAt = Stopwatch.GetTimestamp();

    /// <summary>Carries on until the run ends, this machine leaves it, or has no place in it any more.</summary>
    public void Run()
    {
        using ReplayFile ring = ReplayFile.Open(seat.Files.Replay, seat.Plan.TransitionSpec);
        ProcessSlot self = seat.Self;
        self.Phase = ProcessPhase.Running;
        bool said = false;
        while (!seat.HasEnded)
        {
            try
            {
                AwaitWithBeats(Carry(ring, () => said = false));
            }
            catch (Exception error) when (error is NobodyThereException or InputException || RunClient.IsUnreachable(error))
            {
                if (!said && !seat.HasEnded)
                {
                    OutputLine.WriteWarning($"The run's machine cannot be reached ({QuotedName.FirstReason(error)}); trying again.");
                    said = true;
                }

                AwaitWithBeats(Task.Delay(BetweenTries, seat.SupervisorGone).ContinueWith(_ => { }, TaskScheduler.Default));
            }
        }
    }

    private async Task Carry(ReplayFile ring, Action connected)
    {
        await using RunClient client = await RunClient.Connect(membership.Endpoint, seat.SupervisorGone);
        IMachineGrain machine = client.Machine(membership.Stream);
        var reports = new Reports(seat, membership, client);
        if (await reports.Exchange(client.Lost) is not { } first)
        {
            return;
        }

        connected();
        Hear();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(seat.SupervisorGone, client.Lost);
        var stream = new RowStream(ring, first.Mark, membership, machine, seat);
        Task sending = Task.Run(() => stream.Run(reports, failed.Token), CancellationToken.None);
        Task reporting = Task.Run(() => reports.Run(ring, Hear, failed.Token), CancellationToken.None);
        Task ended = await Task.WhenAny(sending, reporting);
        if (!ended.IsCompletedSuccessfully)
        {
            await failed.CancelAsync();
        }

        await Task.WhenAll(sending, reporting);
        if (!seat.SupervisorGone.IsCancellationRequested && seat.Self.ReadGauge(SenderGauge.MustRejoin) == 0)
        {
            // What the env processes wrote last, and then the place is free for another machine.
            using var leave = new CancellationTokenSource(LongestLeave);
            try
            {
                await stream.Drain(leave.Token);
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                // The run's limiter holds the rows; they are lost with this life of the machine.
            }

            await machine.End(membership.Incarnation);
        }
    }

    private void Hear()
    {
        Volatile.Write(ref heardAt, Stopwatch.GetTimestamp());
        seat.Self.WriteGauge(SenderGauge.SilentSeconds, 0);
    }

    // Connecting may take longer than the supervisor waits for a sign of life.
    private void AwaitWithBeats(Task task)
    {
        while (!task.IsCompleted)
        {
            Task.WaitAny([task], BeatInterval);
            seat.Self.Beat();
            double silent = Stopwatch.GetElapsedTime(Volatile.Read(ref heardAt)).TotalSeconds;
            seat.Self.WriteGauge(SenderGauge.SilentSeconds, silent > 1 ? silent : 0);
        }

        task.GetAwaiter().GetResult();
    }
}
