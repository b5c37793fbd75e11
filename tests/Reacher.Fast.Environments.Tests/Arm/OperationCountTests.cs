using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>
/// The number of operations that the profile's limit for the arm rests on, counted by stepping arms whose every operation
/// counts itself.
/// </summary>
[NonParallelizable]
public sealed class OperationCountTests
{
    [Test]
    public void A_decision_takes_as_many_operations_as_the_arm_says()
    {
        using var arms = new WideArmBatch<CountedWide>(CountedWide.Count, 0, 1);
        Counted.Operations = 0;
        arms.Step(new float[CountedWide.Count * 4], new float[CountedWide.Count]);
        Assert.That(Counted.Operations, Is.EqualTo(ArmEnvironment.OperationsPerDecision));
    }

    private static class Counted
    {
        public static int Operations { get; set; }
    }

    private readonly unsafe struct CountedWide(Wide128 value) : IWide<CountedWide>
    {
        private readonly Wide128 value = value;

        public static int Count => Wide128.Count;

        public static ArmInstructionSet InstructionSet => ArmInstructionSet.Vector128;

        public static CountedWide Create(float value) => new(Wide128.Create(value));

        public static CountedWide Load(float* address) => new(Wide128.Load(address));

        public static void Store(CountedWide value, float* address) => Wide128.Store(value.value, address);

        public static CountedWide operator +(CountedWide a, CountedWide b) => Count1(a.value + b.value);

        public static CountedWide operator -(CountedWide a, CountedWide b) => Count1(a.value - b.value);

        public static CountedWide operator -(CountedWide a) => Count1(-a.value);

        public static CountedWide operator *(CountedWide a, CountedWide b) => Count1(a.value * b.value);

        public static CountedWide operator /(CountedWide a, CountedWide b) => Count1(a.value / b.value);

        public static CountedWide MultiplyAdd(CountedWide a, CountedWide b, CountedWide c) => Count1(Wide128.MultiplyAdd(a.value, b.value, c.value));

        public static CountedWide Sqrt(CountedWide a) => Count1(Wide128.Sqrt(a.value));

        public static CountedWide Min(CountedWide a, CountedWide b) => Count1(Wide128.Min(a.value, b.value));

        public static CountedWide Max(CountedWide a, CountedWide b) => Count1(Wide128.Max(a.value, b.value));

        public static CountedWide OneWhereLess(CountedWide a, CountedWide b) => Count1(Wide128.OneWhereLess(a.value, b.value));

        private static CountedWide Count1(Wide128 value)
        {
            Counted.Operations++;
            return new(value);
        }
    }
}
