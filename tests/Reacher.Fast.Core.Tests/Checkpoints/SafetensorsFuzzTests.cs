using System.Text;
using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Tests.Checkpoints;

public sealed class SafetensorsFuzzTests
{
    private const int Mutations = 120_000;

    // What a mutation may put in: digits, brackets and quotes make new structure where a random byte makes only noise.
    private static readonly byte[] Structure = "{}[]\",:\\0123456789-.eF3264U I\0\xff"u8.ToArray();

    [TestCase(true)]
    [TestCase(false)]
    public void No_mutation_gives_anything_but_a_state_or_one_typed_error_in_bounded_memory(bool checksummed)
    {
        byte[] original = States.ToBytes(States.Small());
        if (!checksummed)
        {
            // Without producer and checksum nothing but the structure protects the reader.
            string text = Encoding.Latin1.GetString(original);
            text = text.Replace("\"crc32c\"", "\"crc32x\"", StringComparison.Ordinal).Replace(
                "\"producer\"", "\"produces\"", StringComparison.Ordinal);
            original = Encoding.Latin1.GetBytes(text);
        }

        var random = new Random(20260101);
        byte[] scratch = new byte[original.Length + 64];
        int accepted = 0;
        long mostAllocated = 0;
        for (int i = 0; i < Mutations / 2; i++)
        {
            byte[] file = Mutate(original, scratch, random);
            mostAllocated = Math.Max(mostAllocated, Allocations.Of(() =>
            {
                try
                {
                    StateDictionary state = States.FromBytes(file);
                    accepted++;
                    if (checksummed)
                    {
                        States.AssertEqual(state, States.Small());
                    }
                }
                catch (InputException)
                {
                }
            }));
        }

        TestContext.Out.WriteLine($"{Mutations / 2} mutations, {accepted} accepted, at most {mostAllocated} bytes allocated by one");
        Assert.That(mostAllocated, Is.LessThan(200_000), "a small file never takes much memory");
        Assert.That(accepted, checksummed ? Is.LessThan(Mutations / 100) : Is.GreaterThan(100), "the mutations reach both ends");
    }

    private static byte[] Mutate(byte[] original, byte[] scratch, Random random)
    {
        original.CopyTo(scratch, 0);
        int length = original.Length;
        int edits = 1 + random.Next(3);
        for (int edit = 0; edit < edits; edit++)
        {
            int at = random.Next(length);
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
