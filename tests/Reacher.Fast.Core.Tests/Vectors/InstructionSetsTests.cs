using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Tests.Vectors;

/// <summary>Which instruction set is chosen, on this processor and on others.</summary>
public sealed class InstructionSetsTests
{
    [TestCase("scalar", InstructionSet.Scalar)]
    [TestCase("128", InstructionSet.Vector128)]
    [TestCase("256", InstructionSet.Vector256)]
    [TestCase("512", InstructionSet.Vector512)]
    public void The_variable_forces_a_set_that_the_processor_has(string value, InstructionSet expected) =>
        Assert.That(InstructionSets.Choose(value, _ => true), Is.EqualTo(expected));

    [Test]
    public void Without_the_variable_the_widest_set_is_chosen([Values(null, "", "auto")] string? value)
    {
        Assert.That(InstructionSets.Choose(value, _ => true), Is.EqualTo(InstructionSet.Vector512));
        Assert.That(InstructionSets.Choose(value, UpTo(InstructionSet.Vector256)), Is.EqualTo(InstructionSet.Vector256));
        Assert.That(InstructionSets.Choose(value, UpTo(InstructionSet.Vector128)), Is.EqualTo(InstructionSet.Vector128));
    }

    [TestCase("512", "avx512")]
    [TestCase("256", "avx2")]
    public void A_forced_set_that_the_processor_lacks_is_refused_in_one_sentence(string value, string name) =>
        Assert.That(
            () => InstructionSets.Choose(value, UpTo(InstructionSet.Vector128)),
            Throws.TypeOf<InputException>().With.Message.EqualTo(
                $"REACHER_FAST_ISA asks for {name}, which this processor lacks; leave it out or name a smaller one."));

    [Test]
    public void A_name_of_no_set_is_refused() =>
        Assert.That(
            () => InstructionSets.Choose("avx", _ => true),
            Throws.TypeOf<InputException>().With.Message.StartsWith("REACHER_FAST_ISA is 'avx'"));

    [Test]
    public void The_best_set_of_this_processor_is_one_that_it_has() => Assert.That(InstructionSets.IsSupported(InstructionSets.Best));

    private static Func<InstructionSet, bool> UpTo(InstructionSet widest) => set => set <= widest;
}
