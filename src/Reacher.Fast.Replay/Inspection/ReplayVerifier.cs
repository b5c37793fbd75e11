using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Inspection;

/// <summary>
/// Checks every stamp and every checksum of a replay, on all processors: <c>replay verify FILE</c>. The file may be in use; a
/// row overwritten while it was read is read again.
/// </summary>
public static class ReplayVerifier
{
    private const long SlotsPerPart = 16384;

    /// <summary>Reads all rows.</summary>
    /// <param name="replay">The replay to read.</param>
    /// <param name="progress">Told the fraction done, 0 to 1, now and then, from any thread.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ReplayVerification Verify(
        ReplayFile replay, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replay);
        long parts = (replay.Capacity + SlotsPerPart - 1) / SlotsPerPart;
        long done = 0;
        object gate = new();
        RowTally total = default;
        total.FirstBadSlot = -1;
        bool writersLive = AnyWriterLives(replay);
        Parallel.For(0L, parts, new ParallelOptions { CancellationToken = cancellationToken }, part =>
        {
            long from = part * SlotsPerPart;
            RowTally tally = RowAudit.Run(replay, from, Math.Min(from + SlotsPerPart, replay.Capacity));
            lock (gate)
            {
                total.Add(tally);
            }

            progress?.Report(Interlocked.Increment(ref done) / (double)parts);
        });
        return new ReplayVerification(
            replay.Capacity,
            total.Published,
            total.Empty,
            writersLive ? 0 : total.Unfinished,
            writersLive ? total.Unfinished : 0,
            total.BadStamps,
            total.BadChecksums,
            total.FirstBadSlot);
    }

    private static bool AnyWriterLives(ReplayFile replay)
    {
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            WriterLease lease = new(replay.File, i);
            if (lease.Claim.ReadAcquire() is not (WriterLease.Idle or 0) && ProcessIdentity.IsAlive(lease.Owner.ReadAcquire()))
            {
                return true;
            }
        }

        return false;
    }
}
