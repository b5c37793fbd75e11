using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reacher.Fast.Replay.Layout;

/// <summary>
/// CRC32C (Castagnoli, polynomial 0x1EDC6F41 reflected, initial and final inversion; RFC 3720 appendix B.4), in hardware
/// where the processor has it (SSE4.2, ARMv8 CRC), through <see cref="BitOperations"/>.
/// </summary>
internal static class Crc32C
{
    /// <summary>What a checksum starts from.</summary>
    public const uint Start = 0xFFFFFFFF;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(Start, bytes);

    /// <summary>Goes on with <paramref name="bytes"/>; neither inversion is applied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        nuint i = 0;
        nuint length = (nuint)bytes.Length;
        for (; i + 8 <= length; i += 8)
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i)));
        }

        for (; i < length; i++)
        {
            crc = BitOperations.Crc32C(crc, Unsafe.Add(ref start, i));
        }

        return crc;
    }

    /// <summary>The same, one bit at a time: the definition that the fast one is tested against.</summary>
    internal static uint ComputeReference(ReadOnlySpan<byte> bytes)
    {
        const uint Reflected = 0x82F63B78;
        uint crc = Start;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (Reflected & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
