using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.TestChild;

/// <summary>
/// The protocol, broken on purpose: a race test that does not catch these proves nothing. Named on a child's command line.
/// </summary>
public static class PlantedBugs
{
    /// <summary>Nothing is planted.</summary>
    public const string None = "correct";

    /// <summary>W4 before W3: a row is declared whole and then written.</summary>
    public const string StampFirst = "stamp-first";

    /// <summary>R3 and R4 left out: a row overwritten during the copy is taken.</summary>
    public const string NoRecheck = "no-recheck";

    /// <summary>The next row taken as next observation.</summary>
    public const string NextRowAsSuccessor = "next-row";

    /// <summary>Rows streamed without the fences of W2 and W4.</summary>
    public const string NoFence = "no-fence";

    /// <summary>No bug: rows stored one after another, as where the processor cannot stream.</summary>
    public const string NotStreamed = "not-streamed";

    internal static bool TakesNextRowAsSuccessor(string variant) => variant == NextRowAsSuccessor;

    /// <summary>Plants what <paramref name="variant"/> names in a writer, where it is about writing.</summary>
    internal static void Plant(TransitionWriter writer, string variant)
    {
        RowStore? store = variant switch
        {
            StampFirst => StoreStampFirst,
            NoFence => StoreWithoutFence,
            NotStreamed => StoreOneByOne,
            _ => null,
        };
        if (store is not null)
        {
            writer.Plant(store);
        }
    }

    private static void StoreOneByOne(ReplayFile replay, StagedRows staged, ulong start, int count) =>
        staged.PublishOneByOne(replay.Slots, start, count, replay.Capacity);

    private static unsafe void StoreStampFirst(ReplayFile replay, StagedRows staged, ulong start, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (ulong position, long slot) = Seal(replay, staged, start, i);
            replay.Slots.MarkWriting(slot, position);
            replay.Slots.Publish(slot, position);
            replay.Slots.StoreBody(slot, staged.Address(i));
        }
    }

    private static unsafe void StoreWithoutFence(ReplayFile replay, StagedRows staged, ulong start, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (ulong position, long slot) = Seal(replay, staged, start, i);
            replay.Slots.MarkWriting(slot, position);
            replay.Slots.StoreHead(slot, staged.Address(i));
            replay.Slots.StreamTail(slot, staged.Address(i));
            replay.Slots.Publish(slot, position);
        }
    }

    private static unsafe (ulong Position, long Slot) Seal(ReplayFile replay, StagedRows staged, ulong start, int row)
    {
        ulong position = start + (ulong)row;
        replay.Slots.Seal(staged.Address(row), position, staged.Stream(row));
        return (position, (long)(position % (ulong)replay.Capacity));
    }
}

/// <summary>Planted: takes every copy of a published row, without a second look at its stamp.</summary>
internal readonly unsafe struct NoRecheckValidation : IRowValidation
{
    public static bool Accept(RowSlots slots, byte* row, ulong stamp) => true;
}
