using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Format;

/// <summary>
/// Verifies a replay of which it is the only user. While the machine runs, no death of a process tears a row: the pages are the kernel's.
/// But the kernel writes pages to the disk one by one, so that a loss of power leaves each as it was at some moment, rows that lie across a
/// border as the front of one and the back of another, and the tail older than rows or newer.
/// </summary>
internal static class RowRepair
{
    private const long SlotsPerPart = 16384;

    /// <summary>One slot in so many must be whole, or all are emptied: a sampler would look for rows in vain.</summary>
    private const ulong FewestWhole = 8;

    /// <summary>
    /// Empties every slot whose row is not whole, and sets the tail to the newest row's successor. Returns what was lost; null where no
    /// row was damaged and none newer than the tail. Rows that dead writers left unfinished are no loss.
    /// </summary>
    public static ReplayRepair? Run(RowSlots slots, ReplayLayout layout, ulong first, SharedWord tail)
    {
        long parts = (layout.Capacity + SlotsPerPart - 1) / SlotsPerPart;
        object gate = new();
        ulong newest = first;
        long whole = 0, damaged = 0;
        Parallel.For(0L, parts, part =>
        {
            long from = part * SlotsPerPart;
            Tally found = RunPart(slots, from, Math.Min(from + SlotsPerPart, layout.Capacity), (ulong)layout.Capacity, first);
            lock (gate)
            {
                newest = Math.Max(newest, found.End);
                whole += found.Whole;
                damaged += found.Damaged;
            }
        });

        ulong before = tail.ReadAcquire();
        if ((ulong)whole * FewestWhole < Math.Min(newest - first, (ulong)layout.Capacity))
        {
            damaged += whole;
            (whole, newest) = (0, first);
            for (long slot = 0; slot < layout.Capacity; slot++)
            {
                slots.Empty(slot);
            }
        }

        bool contradicted = before < newest || before > RowStamp.MaximumPosition;
        tail.WriteRelease(newest);
        return damaged == 0 && !contradicted
            ? null
            : new ReplayRepair(whole, damaged, (long)(before - first), (long)(newest - first));
    }

    private static Tally RunPart(RowSlots slots, long from, long to, ulong capacity, ulong first)
    {
        Tally tally = default;
        for (long slot = from; slot < to; slot++)
        {
            ulong stamp = slots.ReadStamp(slot);
            if (stamp == RowStamp.Empty)
            {
                continue;
            }

            ulong position = RowStamp.PositionOf(stamp);
            bool isHere = position >= first && position < RowStamp.MaximumPosition && position % capacity == (ulong)slot;
            if (isHere && RowStamp.IsPublished(stamp) && slots.IsWhole(slot, stamp))
            {
                tally.Whole++;
                tally.End = Math.Max(tally.End, position + 1);
                continue;
            }

            tally.Damaged += isHere && !RowStamp.IsPublished(stamp) ? 0 : 1;
            slots.Empty(slot);
        }

        return tally;
    }

    private struct Tally
    {
        public long Whole;
        public long Damaged;
        public ulong End;
    }
}
