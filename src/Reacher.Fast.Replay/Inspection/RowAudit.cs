using Reacher.Fast.Core.Memory;
using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Replay.Inspection;

/// <summary>How many slots of a range are in which state.</summary>
internal struct RowTally
{
    public long Published;
    public long Empty;
    public long Unfinished;
    public long BadStamps;
    public long BadChecksums;
    public long FirstBadSlot;

    /// <summary>Adds another range's.</summary>
    public void Add(in RowTally other)
    {
        Published += other.Published;
        Empty += other.Empty;
        Unfinished += other.Unfinished;
        BadStamps += other.BadStamps;
        BadChecksums += other.BadChecksums;
        if (other.FirstBadSlot >= 0 && (FirstBadSlot < 0 || other.FirstBadSlot < FirstBadSlot))
        {
            FirstBadSlot = other.FirstBadSlot;
        }
    }
}

/// <summary>Reads rows with R1 to R4 and checks what every row must satisfy.</summary>
internal static unsafe class RowAudit
{
    private const int Attempts = 100;

    /// <summary>Checks the slots from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    public static RowTally Run(ReplayFile replay, long from, long to)
    {
        RowTally tally = default;
        tally.FirstBadSlot = -1;
        using AlignedMemory<byte> copy = new(replay.Spec.StrideBytes);
        byte* row = (byte*)copy.Address;
        for (long slot = from; slot < to; slot++)
        {
            Check(replay, slot, row, ref tally);
        }

        return tally;
    }

    private static void Check(ReplayFile replay, long slot, byte* row, ref RowTally tally)
    {
        RowSlots slots = replay.Slots;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ulong stamp = slots.ReadStamp(slot);
            if (stamp == RowStamp.Empty)
            {
                tally.Empty++;
                return;
            }

            ulong position = RowStamp.PositionOf(stamp);
            if (position < replay.FirstPosition || position >= replay.Tail ||
                position % (ulong)replay.Capacity != (ulong)slot)
            {
                tally.BadStamps++;
                NoteBad(slot, ref tally);
                return;
            }

            if (!RowStamp.IsPublished(stamp))
            {
                tally.Unfinished++;
                return;
            }

            slots.LoadBody(slot, row);
            if (slots.StillStamped(slot, stamp))
            {
                if (slots.Checksum(row, stamp, RowSlots.StreamOf(row)) == RowSlots.ChecksumOf(row))
                {
                    tally.Published++;
                }
                else
                {
                    tally.BadChecksums++;
                    NoteBad(slot, ref tally);
                }

                return;
            }
        }

        // Overwritten a hundred times while it was read: in use, not damaged.
        tally.Unfinished++;
    }

    private static void NoteBad(long slot, ref RowTally tally)
    {
        if (tally.FirstBadSlot < 0)
        {
            tally.FirstBadSlot = slot;
        }
    }
}
