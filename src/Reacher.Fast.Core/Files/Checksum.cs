using System.Numerics;
using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Files;

/// <summary>
/// CRC32C (Castagnoli, RFC 3720 appendix B.4) of the files a run leaves behind: checkpoints and TensorBoard records.
/// In hardware where the processor has it, through <see cref="BitOperations"/>.
/// </summary>
public static class Checksum
{
    /// <summary>The checksum of no bytes; what <see cref="Append"/> goes on from.</summary>
    public const uint Empty = 0;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(Empty, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> is of, followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte value in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
