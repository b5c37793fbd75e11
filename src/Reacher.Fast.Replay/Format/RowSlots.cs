using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Format;

/// <summary>
/// The rows of a replay file and the verbs of the slot protocol, numbered as in docs/replay-format.md. A row is
/// <c>stamp u64 | stream u32 | crc32c u32 | payload</c>. Nobody else dereferences a row.
/// </summary>
internal readonly unsafe struct RowSlots
{
    private const int StreamOffset = 8;
    private const int ChecksumOffset = 12;
    private const int LineBytes = 64;

    /// <summary>
    /// CRC32C's initial inversion. The sum is <see cref="Core.Files.Checksum"/>'s; taken here word by word, because a row's is
    /// half of what writing it costs.
    /// </summary>
    private const uint ChecksumStart = 0xFFFFFFFF;

    private readonly byte* rows;
    private readonly int stride;
    private readonly int payloadBytes;

    /// <summary>The rows of <paramref name="file"/>.</summary>
    public RowSlots(MappedFile file, ReplayLayout layout)
    {
        rows = file.Start + ReplayLayout.RowsOffset;
        stride = layout.Spec.StrideBytes;
        payloadBytes = layout.Spec.PayloadBytes;
    }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => stride;

    /// <summary>Whether this processor can stream rows: x64 with 256-bit vectors.</summary>
    public static bool CanStream => Avx.IsSupported;

    /// <summary>Address of a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Address(long slot) => rows + (slot * stride);

    /// <summary>W1 and W2: nobody may take the slot for whole until it is published again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkWriting(long slot, ulong position)
    {
        Volatile.Write(ref *(ulong*)Address(slot), RowStamp.Writing(position));
        // W2. Pairs with R3: were a payload store to rise above W1, a reader could copy it under the old stamp.
        Volatile.WriteBarrier();
    }

    /// <summary>W3: everything but the stamp, from a staged row of the same layout (32-byte aligned, stride long).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBody(long slot, byte* staged)
    {
        StoreHead(slot, staged);
        byte* row = Address(slot);
        // A stride is whole lines of 64 bytes.
        for (nint i = LineBytes; i < stride; i += LineBytes)
        {
            Vector256<byte> low = Vector256.Load(staged + i), high = Vector256.Load(staged + i + 32);
            low.Store(row + i);
            high.Store(row + i + 32);
        }
    }

    /// <summary>Of W3, what lies on the stamp's line: stream, checksum and the first 48 bytes of the payload.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreHead(long slot, byte* staged)
    {
        byte* row = Address(slot);
        *(ulong*)(row + 8) = *(ulong*)(staged + 8);
        Vector128.Store(Vector128.Load(staged + 16), row + 16);
        Vector256.Store(Vector256.Load(staged + 32), row + 32);
    }

    /// <summary>
    /// Of W3, the other lines, past the caches: a line that is overwritten whole need not be fetched first. Streamed stores
    /// keep no order on x64, alone of all its stores: a <see cref="Fence"/> stands before them (W2) and after them (W4).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StreamTail(long slot, byte* staged)
    {
        byte* row = Address(slot);
        for (nint i = LineBytes; i < stride; i += LineBytes)
        {
            Vector256<byte> low = Vector256.Load(staged + i), high = Vector256.Load(staged + i + 32);
            low.StoreAlignedNonTemporal(row + i);
            high.StoreAlignedNonTemporal(row + i + 32);
        }
    }

    /// <summary>No store, streamed or not, crosses it. Where <see cref="CanStream"/> only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fence() => Sse.StoreFence();

    /// <summary>W4: the row is whole. Release: pairs with R1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(long slot, ulong position) => Volatile.Write(ref *(ulong*)Address(slot), RowStamp.Published(position));

    /// <summary>Takes the row out of the slot; for one who is alone with the file.</summary>
    public void Empty(long slot) => Volatile.Write(ref *(ulong*)Address(slot), RowStamp.Empty);

    /// <summary>R1: the stamp before the copy. Acquire: pairs with W4; no payload load rises above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadStamp(long slot) => ReadStamp(Address(slot));

    /// <summary>The same of a slot whose address is at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadStamp(byte* row) => Volatile.Read(ref *(ulong*)row);

    /// <summary>R3 and R4: whether the copy just made under <paramref name="stamp"/> is that one row, whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool StillStamped(long slot, ulong stamp) => StillStamped(Address(slot), stamp);

    /// <summary>The same of a slot whose address is at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StillStamped(byte* row, ulong stamp)
    {
        // R3. Pairs with W2: were a payload load to sink below R4, a row overwritten meanwhile could pass.
        Volatile.ReadBarrier();
        return *(ulong*)row == stamp;
    }

    /// <summary>R2 for those who want the bytes: the row after its stamp, into a buffer of the same layout.</summary>
    public void LoadBody(long slot, byte* destination) =>
        Unsafe.CopyBlockUnaligned(destination + 8, Address(slot) + 8, (uint)stride - 8);

    /// <summary>The stream id of a staged or copied row.</summary>
    public static uint StreamOf(byte* row) => *(uint*)(row + StreamOffset);

    /// <summary>The checksum stored in a staged or copied row.</summary>
    public static uint ChecksumOf(byte* row) => *(uint*)(row + ChecksumOffset);

    /// <summary>Gives a staged row its identity and checksum; its payload is already there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Seal(byte* staged, ulong position, uint stream) =>
        Identify(staged, stream, Checksum(staged, RowStamp.Published(position), stream));

    /// <summary>
    /// <see cref="Seal"/> for four staged rows at once, a stride apart, of positions and streams one after another: one checksum
    /// waits three cycles for each eight bytes, four that do not wait for each other take four.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SealFour(byte* staged, ulong position, uint* streams)
    {
        byte* a = staged, b = a + stride, c = b + stride, d = c + stride;
        uint crcA = BeginChecksum(RowStamp.Published(position), streams[0]);
        uint crcB = BeginChecksum(RowStamp.Published(position + 1), streams[1]);
        uint crcC = BeginChecksum(RowStamp.Published(position + 2), streams[2]);
        uint crcD = BeginChecksum(RowStamp.Published(position + 3), streams[3]);
        nint end = TransitionSpec.RowHeaderBytes + payloadBytes;
        nint i = TransitionSpec.RowHeaderBytes;
        for (; i + 8 <= end; i += 8)
        {
            crcA = BitOperations.Crc32C(crcA, *(ulong*)(a + i));
            crcB = BitOperations.Crc32C(crcB, *(ulong*)(b + i));
            crcC = BitOperations.Crc32C(crcC, *(ulong*)(c + i));
            crcD = BitOperations.Crc32C(crcD, *(ulong*)(d + i));
        }

        if (i < end)
        {
            crcA = BitOperations.Crc32C(crcA, *(uint*)(a + i));
            crcB = BitOperations.Crc32C(crcB, *(uint*)(b + i));
            crcC = BitOperations.Crc32C(crcC, *(uint*)(c + i));
            crcD = BitOperations.Crc32C(crcD, *(uint*)(d + i));
        }

        Identify(a, streams[0], ~crcA);
        Identify(b, streams[1], ~crcB);
        Identify(c, streams[2], ~crcC);
        Identify(d, streams[3], ~crcD);
    }

    /// <summary>CRC32C of published stamp, stream id and payload, in this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Checksum(byte* row, ulong stamp, uint stream)
    {
        uint crc = BeginChecksum(stamp, stream);
        byte* payload = row + TransitionSpec.RowHeaderBytes;
        int i = 0;
        for (; i + 8 <= payloadBytes; i += 8)
        {
            crc = BitOperations.Crc32C(crc, *(ulong*)(payload + i));
        }

        if (i < payloadBytes)
        {
            crc = BitOperations.Crc32C(crc, *(uint*)(payload + i));
        }

        return ~crc;
    }

    /// <summary>Whether the slot's row has the checksum that belongs to <paramref name="stamp"/>; for one who is alone with the file.</summary>
    public bool IsWhole(long slot, ulong stamp)
    {
        byte* row = Address(slot);
        return Checksum(row, stamp, StreamOf(row)) == ChecksumOf(row);
    }

    private static uint BeginChecksum(ulong stamp, uint stream) =>
        BitOperations.Crc32C(BitOperations.Crc32C(ChecksumStart, stamp), stream);

    private static void Identify(byte* staged, uint stream, uint checksum)
    {
        *(uint*)(staged + StreamOffset) = stream;
        *(uint*)(staged + ChecksumOffset) = checksum;
    }
}
