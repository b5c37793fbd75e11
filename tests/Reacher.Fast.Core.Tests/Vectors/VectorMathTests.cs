using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Simd.Ops;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Tests.Vectors;

/// <summary>The error bounds that the elementary functions' documentation names, against double precision, at every lane count.</summary>
[TestFixture(typeof(Simd128))]
[TestFixture(typeof(Simd256))]
[TestFixture(typeof(Simd512))]
internal sealed unsafe class VectorMathTests<T>
    where T : unmanaged, ISimd<T>
{
    private delegate T Function(T x);

    [Test]
    public void Exp_is_within_2_ulp_and_saturates()
    {
        AssertUlps(VectorMath<T>.Exp, Math.Exp, -87.3f, 88.3f, 2);
        Assert.That(One(VectorMath<T>.Exp, 1000f), Is.EqualTo(MathF.Exp(88.3f)).Within(1e-4).Percent);
        Assert.That(One(VectorMath<T>.Exp, float.NegativeInfinity), Is.LessThan(1.3e-38f).And.GreaterThan(0f));
        Assert.That(One(VectorMath<T>.Exp, 0f), Is.EqualTo(1f));
        Assert.That(One(VectorMath<T>.Exp, float.NaN), Is.NaN);
    }

    [Test]
    public void Log_is_within_2_ulp()
    {
        AssertUlps(VectorMath<T>.Log, Math.Log, 1e-3f, 4f, 2);
        AssertUlps(VectorMath<T>.Log, Math.Log, 1f, 1e30f, 2);
        Assert.That(One(VectorMath<T>.Log, 1f), Is.Zero);
        Assert.That(One(VectorMath<T>.Log, 1f / (1 << 24)), Is.EqualTo(MathF.Log(1f / (1 << 24))).Within(1).Ulps);
    }

    [Test]
    public void Tanh_is_within_3_ulp_and_saturates_at_one()
    {
        AssertUlps(VectorMath<T>.Tanh, Math.Tanh, -10f, 10f, 3);
        AssertUlps(VectorMath<T>.Tanh, Math.Tanh, -1e-3f, 1e-3f, 3);
        foreach (float x in new[] { 9.1f, 20f, 88f, 1e10f, float.PositiveInfinity })
        {
            Assert.That(One(VectorMath<T>.Tanh, x), Is.EqualTo(1f));
            Assert.That(One(VectorMath<T>.Tanh, -x), Is.EqualTo(-1f));
        }

        Assert.That(One(VectorMath<T>.Tanh, float.NaN), Is.NaN);
    }

    [Test]
    public void Sine_and_cosine_of_turns_are_within_2e_7()
    {
        float* lanes = stackalloc float[T.Count];
        for (int i = 0; i < 1 << 24; i += 997)
        {
            float t = i / (float)(1 << 24);
            VectorMath<T>.SineCosineOfTurns(T.Create(t), out T sine, out T cosine);
            T.Store(sine, lanes);
            Assert.That(lanes[0], Is.EqualTo(Math.Sin(2 * Math.PI * t)).Within(2e-7));
            T.Store(cosine, lanes);
            Assert.That(lanes[0], Is.EqualTo(Math.Cos(2 * Math.PI * t)).Within(2e-7));
        }
    }

    [Test]
    public void Any_part_of_a_noise_stream_equals_the_reference_to_a_few_ulp()
    {
        float[] expected = new float[3000];
        Philox.Normals(99, NoiseStream.Exploration, 5, expected);
        foreach ((int first, int count) in new[] { (0, 3000), (1, 1), (3, 2), (5, 255), (4, 256), (7, 257), (999, 1000) })
        {
            float[] actual = new float[count];
            fixed (float* destination = actual)
            {
                NormalNoise<T>.Fill(99, NoiseStream.Exploration, 5, first, count, destination);
            }

            for (int i = 0; i < count; i++)
            {
                Assert.That(actual[i], Is.EqualTo(expected[first + i]).Within(1e-6), $"{first} + {i}");
            }
        }
    }

    private static float One(Function function, float x)
    {
        float* lanes = stackalloc float[T.Count];
        T.Store(function(T.Create(x)), lanes);
        return lanes[0];
    }

    /// <summary>20,000 points, evenly spaced; the error in units of the last place of the exact result.</summary>
    private static void AssertUlps(Function function, Func<double, double> exact, float low, float high, double bound)
    {
        double worst = 0;
        float at = 0;
        for (int i = 0; i <= 20_000; i++)
        {
            float x = low + (high - low) * (i / 20_000f);
            double expected = exact(x);
            double ulp = MathF.BitIncrement((float)Math.Abs(expected)) - (double)(float)Math.Abs(expected);
            double error = Math.Abs(One(function, x) - expected) / ulp;
            if (!(error <= worst))
            {
                (worst, at) = (error, x);
            }
        }

        TestContext.Out.WriteLine($"worst {worst:f2} ulp at {at:r}");
        Assert.That(worst, Is.LessThanOrEqualTo(bound), $"at {at:r}");
    }
}
