using System.Runtime.CompilerServices;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Weights;

/// <summary>
/// The two buffers of a weight channel. A buffer is <c>stamp u64 | version i64 | crc32c u32 | zeros</c> on two lines, then the
/// floats. Publication q (1, 2, ...) goes to buffer q mod 2; the stamp is 2q when whole, 2q + 1 while written.
/// </summary>
internal readonly unsafe struct WeightBuffers
{
    /// <summary>Offset of the word that holds the newest whole publication.</summary>
    public const int PublishedOffset = 256;

    /// <summary>Offset of the word that holds the publisher's incarnation.</summary>
    public const int PublisherOffset = 384;

    private const long BuffersOffset = MappedHeader.PageBytes;
    private const int BufferHeaderBytes = 128;

    private readonly byte* start;
    private readonly long stride;
    private readonly int floats;

    /// <summary>The buffers of <paramref name="file"/>.</summary>
    public WeightBuffers(MappedFile file, int floats)
    {
        start = file.Start + BuffersOffset;
        stride = Stride(floats);
        this.floats = floats;
    }

    /// <summary>Bytes of a channel of <paramref name="floats"/> floats.</summary>
    public static long FileBytes(int floats) => BuffersOffset + (2 * Stride(floats));

    /// <summary>P1 to P4: writes publication <paramref name="sequence"/> into its buffer, which no new reader looks at.</summary>
    public void Write(ulong sequence, long version, ReadOnlySpan<float> block)
    {
        byte* buffer = Buffer(sequence);
        Volatile.Write(ref *(ulong*)buffer, (2 * sequence) + 1);
        // P2. Pairs with the read barrier in TryRead: a reader two publications late must not take new floats under the old stamp.
        Volatile.WriteBarrier();
        *(long*)(buffer + 8) = version;
        *(uint*)(buffer + 16) = Checksum(version, block);
        block.CopyTo(new Span<float>(buffer + BufferHeaderBytes, floats));
        // P4. Release: pairs with the acquire in TryRead.
        Volatile.Write(ref *(ulong*)buffer, 2 * sequence);
    }

    /// <summary>Copies publication <paramref name="sequence"/>; false if it was overwritten before or while it was copied.</summary>
    public bool TryRead(ulong sequence, Span<float> block, out long version)
    {
        byte* buffer = Buffer(sequence);
        ulong stamp = Volatile.Read(ref *(ulong*)buffer);
        version = *(long*)(buffer + 8);
        uint checksum = *(uint*)(buffer + 16);
        if (stamp != 2 * sequence)
        {
            return false;
        }

        new ReadOnlySpan<float>(buffer + BufferHeaderBytes, floats).CopyTo(block);
        // Pairs with P2.
        Volatile.ReadBarrier();
        return *(ulong*)buffer == stamp && checksum == Checksum(version, block);
    }

    private static long Stride(int floats) => BufferHeaderBytes + ((((long)floats * sizeof(float)) + 127) & ~127L);

    private static uint Checksum(long version, ReadOnlySpan<float> block)
    {
        uint checksum = Core.Files.Checksum.Compute(new ReadOnlySpan<byte>(&version, sizeof(long)));
        return Core.Files.Checksum.Append(checksum, System.Runtime.InteropServices.MemoryMarshal.AsBytes(block));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Buffer(ulong sequence) => start + ((long)(sequence & 1) * stride);
}
