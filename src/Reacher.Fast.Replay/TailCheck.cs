using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay;

/// <summary>
/// Whether the tail can be true. It is the one header word that no checksum covers, because every claim adds to it; but the
/// rows bear positions, and those of a sample of slots must fit it.
/// </summary>
internal static class TailCheck
{
    private const long Samples = 4096;

    /// <summary>Throws where the tail contradicts the rows.</summary>
    /// <exception cref="MappedFileException">The counter is damaged.</exception>
    public static void Run(ReplayFile replay)
    {
        ulong before = replay.Tail;
        ulong newest = 0;
        long step = Math.Max(1, replay.Capacity / Samples);
        for (long slot = 0; slot < replay.Capacity; slot += step)
        {
            ulong stamp = replay.Slots.ReadStamp(slot);
            if (stamp != RowStamp.Empty)
            {
                newest = Math.Max(newest, stamp & ~RowStamp.WritingFlag);
            }
        }

        // Others may be writing: what was sampled lies between the tail before and the tail after.
        ulong after = replay.Tail;
        ulong capacity = (ulong)replay.Capacity;
        bool impossible = before < replay.FirstPosition || after > RowStamp.MaximumPosition || after < before;
        // A row newer than the tail; or a ring gone round with no row of the last two rounds in it.
        bool contradicted = newest > after ||
            (before - replay.FirstPosition > 2 * capacity && newest < before - (2 * capacity));
        if (impossible || contradicted)
        {
            throw HeaderPage.Damaged(replay.Path, "replay", "its row counter does not fit its rows");
        }
    }
}
