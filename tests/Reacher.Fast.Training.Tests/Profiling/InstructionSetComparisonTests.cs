using Reacher.Fast.Training.Profiling;

namespace Reacher.Fast.Training.Tests.Profiling;

/// <summary>What a user is told about instruction sets, by given figures; what a machine measures is not judged.</summary>
public sealed class InstructionSetComparisonTests
{
    [Test]
    public void A_narrower_set_that_is_faster_is_named_with_the_variable_that_selects_it()
    {
        InstructionSetFigures[] figures = [new("avx512", 200e9, 60e9, 0.7), new("avx2", 100e9, 90e9, 1)];
        Assert.That(
            InstructionSetComparison.Advise(figures, "avx512"), Is.EqualTo("avx2 is 1.50 times as fast here; REACHER_FAST_ISA=256 selects it."));
        Assert.That(
            InstructionSetComparison.Describe(figures),
            Is.EqualTo(
                "products on one thread: avx512 60 GFLOP/s, 30 % of its peak, with the clock lowered to 70 %; " +
                "avx2 90 GFLOP/s, 90 % of its peak"));
        Assert.That(InstructionSetComparison.Advise(figures, "avx2"), Is.Null, "the faster one is selected already");
        Assert.That(InstructionSetComparison.Advise(figures, "scalar"), Is.Null, "who asks for the reference is not advised");
    }

    [Test]
    public void A_difference_within_noise_is_not_mentioned()
    {
        InstructionSetFigures[] figures = [new("avx512", 120e9, 100e9, 0.99), new("avx2", 120e9, 104e9, 1)];
        Assert.That(InstructionSetComparison.Advise(figures, "avx512"), Is.Null);
        Assert.That(InstructionSetComparison.Describe(figures), Does.Not.Contain("clock"));
    }
}
