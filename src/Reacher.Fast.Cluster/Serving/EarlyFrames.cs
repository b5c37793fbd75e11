using Reacher.Fast.Replay.Forwarding;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>
/// Frames that came before their predecessors: Orleans hands calls that are under way at once to a grain in any order. They are kept in memory
/// until their turn comes and are not acknowledged before; a frame that is kept is, for all that is promised, still on its way.
/// </summary>
internal sealed class EarlyFrames
{
    // More than a machine has under way.
    private const int Most = 32;

    private readonly SortedList<ulong, RowFrame> frames = [];

    /// <summary>Keeps a frame.</summary>
    /// <returns>False where there are too many.</returns>
    public bool Keep(in RowFrame frame)
    {
        if (frames.Count == Most && !frames.ContainsKey(frame.After))
        {
            return false;
        }

        frames[frame.After] = frame;
        return true;
    }

    /// <summary>The frame whose turn it is when all rows before <paramref name="mark"/> are published; it is kept no longer.</summary>
    public bool TryTake(ulong mark, out RowFrame frame)
    {
        frame = default;
        while (frames.Count > 0 && frames.Values[0].After <= mark)
        {
            frame = frames.Values[0];
            frames.RemoveAt(0);
            if (frame.End > mark)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps none any longer.</summary>
    public void Clear() => frames.Clear();
}
