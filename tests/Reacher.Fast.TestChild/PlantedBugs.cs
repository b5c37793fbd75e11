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
    /// <summary>No bug.</summary>
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

    internal static Func<ReplayFile, int, uint, RowWriter> RowWriter(string variant) => variant switch
    {
        StampFirst => static (replay, rows, first) => new StampFirstWriter(replay, rows, first),
        NoFence => static (replay, rows, first) => new NoFenceWriter(replay, rows, first),
        NotStreamed => static (replay, rows, first) => new RowWriter(replay, rows, first, mayStream: false),
        _ => static (replay, rows, first) => new RowWriter(replay, rows, first),
    };

    private sealed unsafe class StampFirstWriter(ReplayFile replay, int largestClaim, uint firstStream)
        : RowWriter(replay, largestClaim, firstStream)
    {
        protected override void Store(ReplayFile replay, ulong start, int count)
        {
            for (int i = 0; i < count; i++)
            {
                ulong position = start + (ulong)i;
                long slot = (long)(position % (ulong)replay.Capacity);
                replay.Slots.Seal(Staged.Address(i), position, Staged.Stream(i));
                replay.Slots.MarkWriting(slot, position);
                replay.Slots.Publish(slot, position);
                replay.Slots.StoreBody(slot, Staged.Address(i));
            }
        }
    }

    private sealed unsafe class NoFenceWriter(ReplayFile replay, int largestClaim, uint firstStream)
        : RowWriter(replay, largestClaim, firstStream)
    {
        protected override void Store(ReplayFile replay, ulong start, int count)
        {
            for (int i = 0; i < count; i++)
            {
                ulong position = start + (ulong)i;
                long slot = (long)(position % (ulong)replay.Capacity);
                replay.Slots.Seal(Staged.Address(i), position, Staged.Stream(i));
                replay.Slots.MarkWriting(slot, position);
                replay.Slots.StoreHead(slot, Staged.Address(i));
                replay.Slots.StreamTail(slot, Staged.Address(i));
                replay.Slots.Publish(slot, position);
            }
        }
    }
}

/// <summary>Planted: takes every copy of a published row, without a second look at its stamp.</summary>
internal readonly unsafe struct NoRecheckValidation : IRowValidation
{
    public static bool Accept(RowSlots slots, byte* row, ulong stamp) => true;
}
