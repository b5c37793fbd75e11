using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Replay.Sampling;

/// <summary>Copies rows as they lie, by position, each checked before and after (R1 to R4): what a mirror of the replay reads.</summary>
internal static unsafe class RowCopy
{
    /// <summary>
    /// Copies <paramref name="count"/> rows from <paramref name="position"/>, a stride apart. One that is not whole, or was
    /// overwritten meanwhile, gets stamp 0. Returns how many of the first ones are whole.
    /// </summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Copy(RowSlots source, long capacity, ulong position, int count, Span<byte> destination)
    {
        int stride = source.Stride;
        if (destination.Length < (long)count * stride)
        {
            throw new ArgumentException($"{count} rows of {stride} bytes do not fit into {destination.Length}.", nameof(destination));
        }

        int whole = count;
        fixed (byte* rows = destination)
        {
            for (int i = 0; i < count; i++)
            {
                byte* row = rows + ((long)i * stride);
                long slot = (long)((position + (ulong)i) % (ulong)capacity);
                ulong expected = RowStamp.Published(position + (ulong)i), stamp = source.ReadStamp(slot);
                *(ulong*)row = stamp;
                if (stamp == expected)
                {
                    source.LoadBody(slot, row);
                }

                if (stamp != expected || !source.StillStamped(slot, stamp))
                {
                    *(ulong*)row = RowStamp.Empty;
                    whole = Math.Min(whole, i);
                }
            }
        }

        return whole;
    }
}
