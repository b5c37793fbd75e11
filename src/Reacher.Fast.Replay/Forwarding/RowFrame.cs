using System.Buffers.Binary;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Replay.Forwarding;

/// <summary>
/// Rows on their way from a machine that has joined to the run's replay: 48 bytes, little-endian, and then the rows as they lie in the
/// machine's ring, a stride apart, each with its stamp and its own checksum.
/// <code>
///  0  u32  "RFFR"            16  u64  after    the position after the last row before; what lies between it and first holds no row
///  4  u32  version           24  u64  first    the position of the first row
///  8  u64  incarnation       32  u32  count    rows
///                            36  u32  stride   40  u32  stream    44  u32  CRC32C of everything but itself
/// </code>
/// </summary>
internal readonly struct RowFrame
{
    /// <summary>Bytes before the rows.</summary>
    public const int HeaderBytes = 48;

    /// <summary>Bytes of a frame of short rows: below what the runtime keeps among its large objects.</summary>
    public const int UsualBytes = 1 << 16;

    private const uint Magic = 0x52464652;
    private const uint Version = 1;
    private const int ChecksumOffset = 44;

    private readonly ReadOnlyMemory<byte> bytes;

    private RowFrame(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>Which life of the machine sent it.</summary>
    public ulong Incarnation => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[8..]);

    /// <summary>The position after the last row before this frame's.</summary>
    public ulong After => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[16..]);

    /// <summary>The position of the first row in the machine's ring.</summary>
    public ulong First => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[24..]);

    /// <summary>The rows.</summary>
    public int Count => (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[32..]);

    /// <summary>The place of the machine in the run's <see cref="AcknowledgementLog"/>.</summary>
    public int Stream => (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[40..]);

    /// <summary>The position after the last row.</summary>
    public ulong End => First + (ulong)Count;

    /// <summary>The longest frame that rows of these sizes come in: one row at least.</summary>
    public static int LongestBytes(TransitionSpec spec) => HeaderBytes + (Math.Max(1, MostRows(spec)) * spec.StrideBytes);

    /// <summary>A frame that is known to be sound: this process made it, or <see cref="TryRead"/> has read it before.</summary>
    public static RowFrame Of(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>The row at <paramref name="position"/>.</summary>
    public ReadOnlySpan<byte> Row(ulong position, TransitionSpec spec) =>
        bytes.Span.Slice(HeaderBytes + ((int)(position - First) * spec.StrideBytes), spec.StrideBytes);

    /// <summary>Completes a frame whose rows are in place.</summary>
    /// <param name="frame">The header's room, and the rows.</param>
    /// <param name="spec">The sizes of a row.</param>
    /// <param name="incarnation">Which life of the machine sends it.</param>
    /// <param name="stream">The machine's place in the run's log.</param>
    /// <param name="after">The position after the last row before.</param>
    /// <param name="first">The position of the first row.</param>
    public static void Seal(Span<byte> frame, TransitionSpec spec, ulong incarnation, int stream, ulong after, ulong first)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], after);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[24..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[32..], (uint)((frame.Length - HeaderBytes) / spec.StrideBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[36..], (uint)spec.StrideBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[40..], (uint)stream);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], ChecksumOf(frame));
    }

    /// <summary>Believes a frame only where everything about it is as it must be. Never throws, whatever the bytes are.</summary>
    /// <param name="bytes">What came.</param>
    /// <param name="spec">The sizes of a row of the run.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>What is wrong with it, to follow "because"; null if nothing is.</returns>
    public static string? TryRead(ReadOnlyMemory<byte> bytes, TransitionSpec spec, out RowFrame frame)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        frame = default;
        if (span.Length > LongestBytes(spec))
        {
            return $"it has {span.Length} bytes, more than the {LongestBytes(spec)} of the longest";
        }

        if (span.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(span) != Magic)
        {
            return "it is no frame of rows";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) is var version and not Version)
        {
            return $"it is of format {version}, and this program reads {Version}";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(span[ChecksumOffset..]) != ChecksumOf(span))
        {
            return "its checksum does not match";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(span[36..]) is var stride && stride != spec.StrideBytes)
        {
            return $"its rows have {stride} bytes, and those of the run {spec.StrideBytes}";
        }

        RowFrame read = new(bytes);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(span[32..]);
        if (count == 0 || HeaderBytes + ((long)count * stride) != span.Length || read.After > read.First || read.First > RowStamp.MaximumPosition)
        {
            return "its header contradicts itself";
        }

        for (int i = 0; i < read.Count; i++)
        {
            ulong position = read.First + (ulong)i;
            ReadOnlySpan<byte> row = read.Row(position, spec);
            if (BinaryPrimitives.ReadUInt64LittleEndian(row) != RowStamp.Published(position) || ChecksumOfRow(row, spec) != ChecksumIn(row))
            {
                return $"its row {i} is not whole";
            }
        }

        frame = read;
        return null;
    }

    private static int MostRows(TransitionSpec spec) => (UsualBytes - HeaderBytes) / spec.StrideBytes;

    private static uint ChecksumOf(ReadOnlySpan<byte> frame) =>
        Checksum.Append(Checksum.Compute(frame[..ChecksumOffset]), frame[HeaderBytes..]);

    private static uint ChecksumIn(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadUInt32LittleEndian(row[12..]);

    // As RowSlots.Checksum: stamp, stream id and payload.
    private static uint ChecksumOfRow(ReadOnlySpan<byte> row, TransitionSpec spec) =>
        Checksum.Append(Checksum.Compute(row[..12]), row.Slice(TransitionSpec.RowHeaderBytes, spec.PayloadBytes));
}
