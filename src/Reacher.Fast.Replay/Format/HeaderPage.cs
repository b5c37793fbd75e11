using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Mapping;

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

    /// <summary>Where <see cref="Checksum"/> lies; it covers what is before it, but for the ready word.</summary>
    public const int ChecksumOffset = 124;

    [FieldOffset(0)] public ulong Ready;
    [FieldOffset(8)] public uint ByteOrderMark;
    [FieldOffset(12)] public uint Version;
    [FieldOffset(16)] public ulong FileLength;
    [FieldOffset(24)] public ulong CreatedUnixMilliseconds;
    [FieldOffset(32)] public ulong CreatorIncarnation;
    [FieldOffset(40)] public ulong CreatorStartTicks;
    [FieldOffset(48)] public uint CreatorPid;
    [FieldOffset(52)] public uint Reserved0;
    /// <summary>A random number, by which a file is known from every other; 0 in files that were made before it was kept.</summary>
    [FieldOffset(56)] public ulong Identity;

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

    // ---- Acknowledgement log ----
    [FieldOffset(64)] public uint StreamCount;
    [FieldOffset(68)] public uint StreamStride;
    [FieldOffset(72)] public ulong ReplayIdentity;
    [FieldOffset(80)] public ulong ReplayCreated;

    [FieldOffset(ChecksumOffset)] public uint Checksum;
}

/// <summary>
/// Writes and judges the first page of a mapped file. A file is believed only when the ready word, byte order, version,
/// checksum, length and every reserved byte are as they must be.
/// </summary>
internal static class HeaderPage
{
    /// <summary>Magic of a replay file: "RFREPLAY" in memory on a little-endian machine.</summary>
    public const ulong ReplayMagic = 0x59414C5045524652;

    /// <summary>Magic of a weight channel: "RFWEIGHT".</summary>
    public const ulong WeightMagic = 0x5448474945574652;

    /// <summary>Magic of a control block: "RFCONTRL".</summary>
    public const ulong ControlMagic = 0x4C52544E4F434652;

    /// <summary>Magic of an acknowledgement log: "RFACKLOG".</summary>
    public const ulong AcknowledgementMagic = 0x474F4C4B43414652;

    /// <summary>Fills in the creator, the checksum and, last, the ready word: from here on others may use the file.</summary>
    public static void Publish(MappedFile file, MappedHeader header, ulong magic)
    {
        ProcessIdentity creator = ProcessIdentity.Current;
        header.Ready = 0;
        header.ByteOrderMark = MappedHeader.ByteOrderMarkValue;
        header.Version = MappedHeader.CurrentVersion;
        header.FileLength = (ulong)file.Length;
        header.CreatedUnixMilliseconds = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        header.CreatorPid = (uint)creator.Pid;
        header.CreatorStartTicks = creator.StartTicks;
        header.CreatorIncarnation = creator.Incarnation;
        header.Identity = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        Span<byte> bytes = file.Bytes(0, MappedHeader.Size);
        MemoryMarshal.Write(bytes, in header);
        header.Checksum = Checksum.Compute(bytes[8..MappedHeader.ChecksumOffset]);
        MemoryMarshal.Write(bytes, in header);
        // Release: pairs with the acquire in AwaitReady; an opener that sees the magic sees the whole header and all zeros.
        file.Word(0).WriteRelease(magic);
    }

    /// <summary>Opens a file of the kind that <paramref name="magic"/> names and returns it with its header, checked.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="magic">The magic of the kind that is asked for.</param>
    /// <param name="kind">The kind in words, for messages.</param>
    /// <param name="patience">How long to wait for a creator that has not finished.</param>
    /// <param name="counters">Whether a byte of the first page, past the header, belongs to a counter and may be anything.</param>
    /// <exception cref="MappedFileException">The file is not one of this kind, version, byte order and length, or is damaged.</exception>
    public static (MappedFile File, MappedHeader Header) Open(
        string path, ulong magic, string kind, TimeSpan patience, Func<int, bool> counters)
    {
        MappedFile file = AwaitReady(path, magic, kind, patience);
        try
        {
            MappedHeader header = MemoryMarshal.Read<MappedHeader>(file.Bytes(0, MappedHeader.Size));
            if (header.ByteOrderMark == BinaryPrimitives.ReverseEndianness(MappedHeader.ByteOrderMarkValue))
            {
                throw OtherByteOrder(path, kind);
            }

            if (header.Version != MappedHeader.CurrentVersion)
            {
                throw new MappedFileException(
                    $"The {kind} {path} has format version {header.Version}, and this program reads version " +
                    $"{MappedHeader.CurrentVersion}; use the program that wrote it, or start a new one.");
            }

            if (header.Checksum != Checksum.Compute(file.Bytes(8, MappedHeader.ChecksumOffset - 8)) ||
                header.ByteOrderMark != MappedHeader.ByteOrderMarkValue)
            {
                throw Damaged(path, kind, "its header's checksum does not match");
            }

            if (header.FileLength != (ulong)file.Length)
            {
                throw new MappedFileException(
                    $"The {kind} {path} is {file.Length} bytes long and should be {header.FileLength}; it was truncated or copied in " +
                    "part: restore or delete it.")
                {
                    IsLost = true,
                };
            }

            ReadOnlySpan<byte> page = file.Bytes(0, MappedHeader.PageBytes);
            for (int i = MappedHeader.Size; i < page.Length; i++)
            {
                if (page[i] != 0 && !counters(i))
                {
                    throw Damaged(path, kind, $"its header has garbage at byte {i}");
                }
            }

            return (file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The error for a file that contradicts itself.</summary>
    public static MappedFileException Damaged(string path, string kind, string how) =>
        new($"The {kind} {path} is damaged: {how}; restore it from a copy or delete it.") { IsLost = true };

    private static MappedFileException OtherByteOrder(string path, string kind) =>
        new($"The {kind} {path} was written on a machine of the other byte order; use it there, or start a new one.");

    private static MappedFile AwaitReady(string path, ulong magic, string kind, TimeSpan patience)
    {
        long began = Stopwatch.GetTimestamp();
        Backoff backoff = default;
        while (true)
        {
            // Mapped anew each time: the creator reserves the space after the file's name appears.
            bool ended = Stopwatch.GetElapsedTime(began) >= patience;
            MappedFile? file = TryMap(path, kind, ended);
            if (file is not null)
            {
                ulong ready = file.Word(0).ReadAcquire();
                if (ready == magic)
                {
                    return file;
                }

                file.Dispose();
                if (ready != 0)
                {
                    throw BinaryPrimitives.ReverseEndianness(ready) == magic
                        ? OtherByteOrder(path, kind)
                        : new MappedFileException($"The file {path} is no {kind} of this program; check the name.") { IsLost = true };
                }

                if (ended)
                {
                    throw new MappedFileException(
                        $"The {kind} {path} was never finished by the process that began it; delete it and start again.")
                    {
                        IsLost = true,
                    };
                }
            }

            backoff.Wait();
        }
    }

    private static MappedFile? TryMap(string path, string kind, bool last)
    {
        if (!last && File.Exists(path) && new FileInfo(path).Length < MappedHeader.PageBytes)
        {
            return null;
        }

        MappedFile file = MappedFile.Open(path);
        if (file.Length < MappedHeader.PageBytes)
        {
            long length = file.Length;
            file.Dispose();
            return !last ? null : throw new MappedFileException(
                $"The file {path} has only {length} bytes, less than a {kind}'s header; it is truncated or something else: restore or " +
                "delete it.")
            {
                IsLost = true,
            };
        }

        return file;
    }
}
