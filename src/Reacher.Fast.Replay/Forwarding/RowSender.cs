namespace Reacher.Fast.Replay.Forwarding;

/// <summary>
/// Cuts the rows of a machine's ring into frames, and lets the ring's writers overwrite what is acknowledged and nothing else. It knows
/// nothing that is not in the ring or with the receiver, so one that is started after another was killed goes on from the receiver's mark. One
/// thread only.
/// </summary>
internal sealed class RowSender
{
    private readonly ReplayFile ring;
    private readonly RowTail tail;
    private readonly ulong incarnation;
    private readonly int stream;
    private readonly byte[] scratch;
    private ulong mark;
    private ulong first;

    /// <summary>The sender of a ring.</summary>
    /// <param name="ring">A replay with a gate.</param>
    /// <param name="incarnation">Which life of the machine the ring is.</param>
    /// <param name="stream">The machine's place in the run's log.</param>
    /// <param name="mark">Up to where the receiver has the rows.</param>
    /// <param name="window">What <see cref="Window"/> is at first; null for the ring's capacity.</param>
    public RowSender(ReplayFile ring, ulong incarnation, int stream, ulong mark, long? window = null)
    {
        (this.ring, this.incarnation, this.stream) = (ring, incarnation, stream);
        tail = new RowTail(ring);
        scratch = new byte[RowFrame.LongestBytes(ring.Spec)];
        Window = window ?? ring.Capacity;
        this.mark = Sent = first = mark;
        OpenGate();
    }

    /// <summary>Rows that may lie in the ring unacknowledged, up to its capacity: how old experience may become while the run is slower.</summary>
    public long Window { get; set; }

    /// <summary>The position after the last row that was cut into a frame.</summary>
    public ulong Sent { get; private set; }

    /// <summary>Up to where the receiver has the rows.</summary>
    public ulong Mark => mark;

    /// <summary>Whether so many rows were claimed that the next frame may be as long as any.</summary>
    public bool HasFullFrame => (long)(ring.Tail - Sent) * ring.Spec.StrideBytes >= scratch.Length - RowFrame.HeaderBytes;

    /// <summary>Rows that the receiver has not got yet.</summary>
    public long Waiting => ring.RowsFrom(mark);

    /// <summary>The next frame; null while there is no row to be sent.</summary>
    public byte[]? Next()
    {
        (first, int count) = tail.Read(Math.Max(first, Sent), scratch.AsSpan(RowFrame.HeaderBytes));
        if (count == 0)
        {
            // Positions that never become rows need no acknowledgement; were they waited for, dead writers could fill the ring with them.
            OpenGate();
            return null;
        }

        byte[] frame = scratch.AsSpan(0, RowFrame.HeaderBytes + (count * ring.Spec.StrideBytes)).ToArray();
        RowFrame.Seal(frame, ring.Spec, incarnation, stream, Sent, first);
        Sent = first += (ulong)count;
        return frame;
    }

    /// <summary>The receiver has every row before <paramref name="received"/>; those may be overwritten now.</summary>
    public void Acknowledge(ulong received)
    {
        mark = Math.Max(mark, received);
        OpenGate();
    }

    /// <summary>What was sent and not acknowledged is sent again. No frame may be under way.</summary>
    public void GoBack() => Sent = first = mark;

    private void OpenGate() => ring.OpenGate((mark == Sent ? first : mark) + (ulong)Math.Min(Window, ring.Capacity));
}
