using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Training.Profiling;

namespace Reacher.Fast.Training.Tests.Profiling;

/// <summary>The limits' own loops: they do their work, allocate nothing and clean up. How fast they are is nobody's business here.</summary>
public sealed class MemoryLimitsTests
{
    [Test]
    public void Trials_give_rates_allocate_nothing_and_the_file_is_gone_afterwards()
    {
        string path = Path.Combine(Path.GetTempPath(), $"row-memory-{Guid.NewGuid():N}");
        using (var memory = new MemoryLimits(path, new TransitionSpec(33, 4), 1000))
        using (var block = new AlignedMemory<float>(100))
        {
            Assert.That(File.Exists(path), Is.True);
            // More rows than there are: they go round.
            Func<double>[] trials =
            [
                () => memory.Copy(2560), () => memory.Write(2560), () => memory.Gather(2560), () => MemoryLimits.CopyBlock(block, block, 10),
            ];
            foreach (Func<double> trial in trials)
            {
                double rate = 0;
                Allocations.AssertNone(1, () => rate = trial());
                Assert.That(rate, Is.Positive);
            }
        }

        Assert.That(File.Exists(path), Is.False);
    }
}
