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
}
