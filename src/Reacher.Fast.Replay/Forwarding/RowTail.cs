using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Forwarding;

/// <summary>
/// Reads a replay's rows one after another, as they were claimed, while others write them. A position that its writer gave up, or died
/// before it published, is passed over; one that a living writer may still publish is waited for. Which of the two it is follows from the
/// leases: a claim stands in its lease from before the tail passes it until its rows are published.
/// </summary>
/// <param name="replay">A replay whose gate keeps rows that were not read yet from being overwritten.</param>
internal sealed class RowTail(ReplayFile replay)
{
    /// <summary>Copies the next rows, as they lie, a stride apart.</summary>
    /// <param name="from">The position after the last that was read.</param>
    /// <param name="destination">Room for them.</param>
    /// <returns>The position of the first row copied, and how many; with none, the first position that must still be waited for.</returns>
    public (ulong First, int Count) Read(ulong from, Span<byte> destination)
    {
        ulong tail = replay.Tail, first = from;
        while (first < tail && !IsPublished(first))
        {
            if (!IsAbandoned(first))
            {
                return (first, 0);
            }

            first++;
        }

        int room = destination.Length / replay.Slots.Stride;
        int most = (int)Math.Min((ulong)room, tail - Math.Min(first, tail));
        return (first, most == 0 ? 0 : RowCopy.Copy(replay.Slots, replay.Capacity, first, most, destination));
    }

    private bool IsPublished(ulong position) => replay.ReadStamp(position) == RowStamp.Published(position);

    private bool IsAbandoned(ulong position)
    {
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            WriterLease lease = new(replay.File, i);
            ulong owner = lease.Owner.ReadAcquire();
            if (owner != 0 && MayCover(lease, position) && ProcessIdentity.IsAlive(owner))
            {
                return false;
            }
        }

        // Whoever published it before its lease was looked at has left the stamp behind.
        return !IsPublished(position);
    }

    private static bool MayCover(WriterLease lease, ulong position)
    {
        ulong claim = lease.Claim.ReadAcquire(), start = claim & ~WriterLease.Exact;
        bool isExact = (claim & WriterLease.Exact) != 0;
        return claim != WriterLease.Idle && start <= position && !(isExact && start + lease.LargestClaim.ReadAcquire() <= position);
    }
}
