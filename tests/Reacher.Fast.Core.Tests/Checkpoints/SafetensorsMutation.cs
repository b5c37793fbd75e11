using System.Text;

namespace Reacher.Fast.Core.Tests.Checkpoints;

/// <summary>Damages safetensors files as disks, editors and attackers do.</summary>
internal static class SafetensorsMutation
{
    // What a mutation may put in: digits, brackets and quotes make new structure where a random byte makes only noise.
    private static readonly byte[] Structure = "{}[]\",:\\0123456789-.eF3264U I\0\xff"u8.ToArray();

    /// <summary>The file without producer and checksum, so that nothing but its structure protects the reader.</summary>
    public static byte[] WithoutChecksum(byte[] file)
    {
        string text = Encoding.Latin1.GetString(file);
        text = text.Replace("\"crc32c\"", "\"crc32x\"", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text.Replace("\"producer\"", "\"produces\"", StringComparison.Ordinal));
    }

    /// <summary>One to three of: a flipped bit, a byte with a meaning, a cut, more bytes, a moved run, another length.</summary>
    /// <param name="original">The whole file.</param>
    /// <param name="scratch">Memory to work in, longer than the original by as much as may be added.</param>
    /// <param name="random">Decides.</param>
    /// <param name="reach">Edits begin within so many first bytes.</param>
    public static byte[] Of(byte[] original, byte[] scratch, Random random, int reach = int.MaxValue)
    {
        original.CopyTo(scratch, 0);
        int length = original.Length;
        int edits = 1 + random.Next(3);
        for (int edit = 0; edit < edits; edit++)
        {
            int at = random.Next(Math.Min(length, reach));
            switch (random.Next(6))
            {
                case 0:
                    scratch[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    scratch[at] = Structure[random.Next(Structure.Length)];
                    break;
                case 2:
                    length = Math.Max(1, at);
                    break;
                case 3:
                    int added = random.Next(Math.Min(16, scratch.Length - length) + 1);
                    random.NextBytes(scratch.AsSpan(length, added));
                    length += added;
                    break;
                case 4:
                    int size = Math.Min(random.Next(40), length - at);
                    int from = random.Next(length - size + 1);
                    scratch.AsSpan(from, size).ToArray().CopyTo(scratch, at);
                    break;
                default:
                    BitConverter.TryWriteBytes(scratch, random.NextInt64(-2, 2000));
                    break;
            }
        }

        return scratch[..length];
    }
}
