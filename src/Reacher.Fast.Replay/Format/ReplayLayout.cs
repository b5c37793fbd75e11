using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Replay.Format;

/// <summary>Where everything lies in a replay file, derived from its spec and capacity alone; 64-bit throughout.</summary>
internal sealed record ReplayLayout(TransitionSpec Spec, long Capacity)
{
    /// <summary>Offset of the tail: the position of the next row to claim, on two lines of its own.</summary>
    public const int TailOffset = 256;

    /// <summary>Offset of the gate: writers write only positions before it; 0 where there is none (docs/cluster.md).</summary>
    public const int GateOffset = 384;

    /// <summary>Writers that may hold the file at once.</summary>
    public const int LeaseCount = 128;

    /// <summary>Bytes of a lease: two lines, because processors prefetch lines in pairs.</summary>
    public const int LeaseStride = 128;

    /// <summary>Offset of the leases.</summary>
    public const long LeasesOffset = MappedHeader.PageBytes;

    /// <summary>Offset of slot 0; page-aligned.</summary>
    public const long RowsOffset = LeasesOffset + (LeaseCount * LeaseStride);

    /// <summary>Most rows that a file may have: 2^56 bytes' worth, far inside every 64-bit sum here.</summary>
    public long MaximumCapacity => (1L << 56) / Spec.StrideBytes;

    /// <summary>Bytes of the whole file.</summary>
    public long FileBytes => RowsOffset + (Capacity * Spec.StrideBytes);

    /// <summary>Offset of lease <paramref name="index"/>.</summary>
    public static long LeaseOffset(int index) => LeasesOffset + ((long)index * LeaseStride);
}
