using System.Runtime.InteropServices;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>
/// The run's weights for other machines: one copy of each publication however many ask for it, kept until nobody has asked for a piece of it for
/// a while, so that a machine whose link is slower than the learner publishes gets one whole. For several threads.
/// </summary>
/// <param name="channel">Where they come from.</param>
/// <param name="time">By which copies are kept.</param>
internal sealed class WeightCopies(WeightChannel channel, TimeProvider time)
{
    /// <summary>How long a copy is kept after its last piece; as long as a machine waits for one.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly float[] block = new float[channel.FloatCount];
    private readonly List<(WeightCopy Copy, long AskedAt)> copies = [];
    private long seen;

    /// <summary>The newest; null where there are none newer than <paramref name="than"/>, or they are just being replaced.</summary>
    public WeightCopy? Newest(long than)
    {
        lock (gate)
        {
            if (channel.TryRead(block, ref seen, out long version))
            {
                copies.RemoveAll(one => time.GetElapsedTime(one.AskedAt) > Kept);
                copies.Add((new WeightCopy(seen, version, MemoryMarshal.AsBytes<float>(block).ToArray()), time.GetTimestamp()));
            }

            return copies.Count > 0 && copies[^1].Copy.Publication > than ? Asked(copies.Count - 1) : null;
        }
    }

    /// <summary>Those of which pieces were taken before; null where they are kept no more.</summary>
    public WeightCopy? Begun(long publication)
    {
        lock (gate)
        {
            int index = copies.FindIndex(one => one.Copy.Publication == publication);
            return index < 0 ? null : Asked(index);
        }
    }

    private WeightCopy Asked(int index)
    {
        copies[index] = (copies[index].Copy, time.GetTimestamp());
        return copies[index].Copy;
    }
}

/// <summary>The weights of one publication.</summary>
/// <param name="publication">Which it is.</param>
/// <param name="version">The updates that they are the result of.</param>
/// <param name="bytes">Floats, little-endian.</param>
internal sealed class WeightCopy(long publication, long version, byte[] bytes)
{
    /// <summary>Most bytes of a piece: a second of a link of 2 Mbit/s, and some tenths of a millisecond of one that is worth having.</summary>
    public const int LongestPiece = 1 << 18;

    private readonly uint checksum = Checksum.Compute(bytes);

    /// <summary>Which publication it is.</summary>
    public long Publication => publication;

    /// <summary>The piece that begins after so many bytes.</summary>
    public WeightAnswer Piece(int offset)
    {
        int begin = Math.Clamp(offset, 0, bytes.Length);
        return new WeightAnswer
        {
            Publication = publication,
            Version = version,
            Checksum = checksum,
            Length = bytes.Length,
            Piece = bytes[begin..Math.Min(bytes.Length, begin + LongestPiece)],
        };
    }
}
