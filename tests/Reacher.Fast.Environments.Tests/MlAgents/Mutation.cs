using System.Buffers;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Damages bytes as peers and wires do.</summary>
internal static class Mutation
{
    /// <summary>One to four of: a flipped bit, a random byte, a removed, doubled or overwritten run, a cut.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes, Random random)
    {
        List<byte> mutated = [.. bytes];
        for (int n = random.Next(1, 5); n > 0 && mutated.Count > 0; n--)
        {
            int at = random.Next(mutated.Count);
            int run = Math.Min(random.Next(1, 9), mutated.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated.RemoveRange(at, run);
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.GetRange(at, run));
                    break;
                case 4:
                    for (int k = 0; k < run; k++)
                    {
                        mutated[at + k] = 0xFF;
                    }

                    break;
                default:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>The bytes as a pipe may hold them: in one piece or in two.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, Random random)
    {
        if (random.Next(2) == 0)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        return InTwo(bytes, random.Next(bytes.Length + 1));
    }

    /// <summary>The bytes in two pieces, cut at <paramref name="at"/>.</summary>
    public static ReadOnlySequence<byte> InTwo(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at), null);
        var second = new Segment(bytes.AsMemory(at), first);
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
