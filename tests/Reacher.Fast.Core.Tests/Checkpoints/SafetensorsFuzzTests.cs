using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Tests.Checkpoints;

public sealed class SafetensorsFuzzTests
{
    private const int Mutations = 120_000;

    [TestCase(true)]
    [TestCase(false)]
    public void No_mutation_gives_anything_but_a_state_or_one_typed_error_in_bounded_memory(bool checksummed)
    {
        byte[] original = States.ToBytes(States.Small());
        if (!checksummed)
        {
            original = SafetensorsMutation.WithoutChecksum(original);
        }

        var random = new Random(20260101);
        byte[] scratch = new byte[original.Length + 64];
        int accepted = 0;
        long mostAllocated = 0;
        for (int i = 0; i < Mutations / 2; i++)
        {
            byte[] file = SafetensorsMutation.Of(original, scratch, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
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

            mostAllocated = Math.Max(mostAllocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        TestContext.Out.WriteLine($"{Mutations / 2} mutations, {accepted} accepted, at most {mostAllocated} bytes allocated by one");
        Assert.That(mostAllocated, Is.LessThan(200_000), "a small file never takes much memory");
        Assert.That(accepted, checksummed ? Is.LessThan(Mutations / 100) : Is.GreaterThan(100), "the mutations reach both ends");
    }
}
