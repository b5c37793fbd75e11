using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// A writer's hold on the file: a lease, a claim window and staged rows. Stage up to <see cref="LargestClaim"/> rows, then
/// publish them at once. One thread only.
/// </summary>
internal sealed partial class RowWriter : IDisposable
{
    private const int WritesPerHeartbeat = 256;

    private readonly ReplayFile replay;
    private readonly WriterLease lease;
    private readonly ClaimWindow window;
    private int untilHeartbeat;
    private bool disposed;

    /// <summary>Takes a lease on <paramref name="replay"/>.</summary>
    /// <param name="replay">The file; may be disposed before this.</param>
    /// <param name="largestClaim">Most rows published at once.</param>
    /// <param name="firstStream">For the lease: the first stream whose rows come from here.</param>
    /// <exception cref="MappedFileException">All leases are held by living processes, or the capacity is below one claim.</exception>
    public RowWriter(ReplayFile replay, int largestClaim, uint firstStream)
    {
        if (largestClaim > replay.Capacity)
        {
            throw new MappedFileException(
                $"A writer of up to {largestClaim} rows at once does not fit the replay {replay.Path} of {replay.Capacity} rows; " +
                "raise its capacity.");
        }

        this.replay = replay;
        int index = Acquire(replay, largestClaim, firstStream);
        replay.File.AddUser();
        lease = new WriterLease(replay.File, index);
        window = new ClaimWindow(replay.File, replay.Layout, index);
        Staged = new StagedRows(replay.Spec, largestClaim);
        LargestClaim = largestClaim;
        LeaseIndex = index;
    }

    /// <summary>Most rows published at once.</summary>
    public int LargestClaim { get; }

    /// <summary>Which lease is held.</summary>
    public int LeaseIndex { get; }

    /// <summary>Told of each claim before its first row is written; null for nobody.</summary>
    public IClaimWitness? Witness { get; init; }

    /// <summary>Where rows are composed.</summary>
    public StagedRows Staged { get; }

    /// <summary>Rows this lease's holders have given up because a stopped writer held their slots.</summary>
    public long DroppedRows => (long)lease.DroppedRows.ReadAcquire();

    /// <summary>Publishes the first <paramref name="count"/> staged rows; returns how many (all, or none if they were dropped).</summary>
    public int Publish(int count)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (--untilHeartbeat < 0)
        {
            untilHeartbeat = WritesPerHeartbeat;
            lease.Heartbeat.WriteRelease((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        }

        if (count == 0 || !window.TryClaim(count, out ulong start))
        {
            return 0;
        }

        Witness?.Claimed(start, count);
        if (plantedStore is null)
        {
            Staged.Publish(replay.Slots, start, count, replay.Capacity);
        }
        else
        {
            plantedStore(replay, Staged, start, count);
        }

        window.Done();
        lease.PublishedRows.AddAsOwner((ulong)count);
        return count;
    }

    /// <summary>Gives the lease back.</summary>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            lease.Release();
            replay.File.Release();
            Staged.Dispose();
        }
    }

    private static int Acquire(ReplayFile replay, int largestClaim, uint firstStream)
    {
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            if (new WriterLease(replay.File, i).TryAcquire(largestClaim, firstStream))
            {
                return i;
            }
        }

        throw new MappedFileException(
            $"All {ReplayLayout.LeaseCount} writer leases of the replay {replay.Path} are held by running processes; " +
            "end one of them first.");
    }
}
