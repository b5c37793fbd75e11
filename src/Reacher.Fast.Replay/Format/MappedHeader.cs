using System.Runtime.InteropServices;

namespace Reacher.Fast.Replay.Format;

/// <summary>
/// The first 128 bytes of every mapped file, written once by its creator: one struct is the format. The bytes from 64 on
/// belong to the kind of file. <see cref="Ready"/> is stored last, with release order; whoever reads it as the kind's magic
/// sees everything else. <see cref="Checksum"/> is the CRC32C of bytes 8 to 123.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct MappedHeader
{
    /// <summary>Bytes of this struct.</summary>
    public const int Size = 128;

    /// <summary>Bytes before the first table of any file: this struct, the counters on lines of their own, zeros.</summary>
    public const int PageBytes = 4096;

    /// <summary>What <see cref="ByteOrderMark"/> reads as on the machine that wrote it.</summary>
    public const uint ByteOrderMarkValue = 0x0A0B0C0D;

    /// <summary>The format's version; any change of the layout raises it.</summary>
    public const uint CurrentVersion = 1;

    [FieldOffset(0)] public ulong Ready;
    [FieldOffset(8)] public uint ByteOrderMark;
    [FieldOffset(12)] public uint Version;
    [FieldOffset(16)] public ulong FileLength;
    [FieldOffset(24)] public ulong CreatedUnixMilliseconds;
    [FieldOffset(32)] public ulong CreatorIncarnation;
    [FieldOffset(40)] public ulong CreatorStartTicks;
    [FieldOffset(48)] public uint CreatorPid;
    [FieldOffset(52)] public uint Reserved0;
    [FieldOffset(56)] public ulong Reserved1;

    // ---- Replay ----
    [FieldOffset(64)] public uint ObservationSize;
    [FieldOffset(68)] public uint ActionSize;
    [FieldOffset(72)] public uint RowStride;
    [FieldOffset(76)] public uint LeaseCount;
    [FieldOffset(80)] public ulong Capacity;
    [FieldOffset(88)] public ulong FirstPosition;

    // ---- Weight channel ----
    [FieldOffset(64)] public ulong FloatCount;

    // ---- Control block ----
    [FieldOffset(64)] public uint EnvironmentSlots;
    [FieldOffset(68)] public uint EvaluationSlots;
    [FieldOffset(72)] public uint SlotStride;

    [FieldOffset(124)] public uint Checksum;
}
