using Reacher.Fast.Core.Vectors;
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
        using var arms = new WideArmBatch<CountedSimd>(CountedSimd.Count, 0, 1);
        Counted.Operations = 0;
        arms.Step(new float[CountedSimd.Count * 4], new float[CountedSimd.Count]);
        Assert.That(Counted.Operations, Is.EqualTo(ArmEnvironment.OperationsPerDecision));
    }

    private static class Counted
    {
        public static int Operations { get; set; }
    }

    private readonly unsafe struct CountedSimd(Simd128 value) : ISimd<CountedSimd>
    {
        private readonly Simd128 value = value;

        public static int Count => Simd128.Count;

        public static int TileRows => Simd128.TileRows;

        public static InstructionSet InstructionSet => InstructionSet.Vector128;

        public static CountedSimd Zero => new(Simd128.Zero);

        public static CountedSimd Create(float value) => new(Simd128.Create(value));

        public static CountedSimd Load(float* address) => new(Simd128.Load(address));

        public static void Store(CountedSimd value, float* address) => Simd128.Store(value.value, address);

        public static CountedSimd operator +(CountedSimd a, CountedSimd b) => Counting(a.value + b.value);

        public static CountedSimd operator -(CountedSimd a, CountedSimd b) => Counting(a.value - b.value);

        public static CountedSimd operator -(CountedSimd a) => Counting(-a.value);

        public static CountedSimd operator *(CountedSimd a, CountedSimd b) => Counting(a.value * b.value);

        public static CountedSimd operator /(CountedSimd a, CountedSimd b) => Counting(a.value / b.value);

        public static CountedSimd MultiplyAdd(CountedSimd a, CountedSimd b, CountedSimd c) =>
            Counting(Simd128.MultiplyAdd(a.value, b.value, c.value));

        public static void Accumulate(ref CountedSimd sum, CountedSimd a, CountedSimd b) => sum = MultiplyAdd(a, b, sum);

        public static void Accumulate(ref CountedSimd sum, float a, CountedSimd b) => sum = MultiplyAdd(Create(a), b, sum);

        public static void Accumulate(ref CountedSimd sum, float* a, CountedSimd b) => sum = MultiplyAdd(Load(a), b, sum);

        public static CountedSimd Sqrt(CountedSimd a) => Counting(Simd128.Sqrt(a.value));

        public static CountedSimd Min(CountedSimd a, CountedSimd b) => Counting(Simd128.Min(a.value, b.value));

        public static CountedSimd Max(CountedSimd a, CountedSimd b) => Counting(Simd128.Max(a.value, b.value));

        public static CountedSimd GreaterThan(CountedSimd a, CountedSimd b) => Counting(Simd128.GreaterThan(a.value, b.value));

        public static CountedSimd Abs(CountedSimd a) => Counting(Simd128.Abs(a.value));

        public static CountedSimd Round(CountedSimd a) => Counting(Simd128.Round(a.value));

        public static float Sum(CountedSimd a) => Simd128.Sum(a.value);

        // Bits chosen by a mask, and a power of two put into the exponent, are no arithmetic.
        public static CountedSimd operator &(CountedSimd a, CountedSimd b) => new(a.value & b.value);

        public static CountedSimd operator |(CountedSimd a, CountedSimd b) => new(a.value | b.value);

        public static CountedSimd operator ^(CountedSimd a, CountedSimd b) => new(a.value ^ b.value);

        public static CountedSimd Select(CountedSimd mask, CountedSimd a, CountedSimd b) => new(Simd128.Select(mask.value, a.value, b.value));

        public static CountedSimd ScaleByPowerOfTwo(CountedSimd a, CountedSimd n) => new(Simd128.ScaleByPowerOfTwo(a.value, n.value));

        public static CountedSimd SplitExponent(CountedSimd a, out CountedSimd mantissa)
        {
            CountedSimd exponent = new(Simd128.SplitExponent(a.value, out Simd128 m));
            mantissa = new(m);
            return exponent;
        }

        private static CountedSimd Counting(Simd128 value)
        {
            Counted.Operations++;
            return new(value);
        }
    }
}
