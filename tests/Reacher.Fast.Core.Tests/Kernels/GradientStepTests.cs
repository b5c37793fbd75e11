using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>What is done with gradients: Adam with and without Polyak, clipping, the entropy coefficient's step.</summary>
public sealed class GradientStepTests
{
    private static readonly TensorShape[] Shapes = [new("0.weight", 2, 7, 13), new("0.bias", 2, 1, 13), new("2.weight", 2, 1, 13),
        new("2.bias", 2, 1, 1)];

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Adam_over_a_block_of_odd_shapes_with_and_without_target(DeviceUnderTest kind)
    {
        using var bench = new GradientBench(kind);
        IKernelDevice device = bench.Device;
        var options = new AdamOptions(1e-2);
        TensorBlock parameters = Block(bench, 1), target = Block(bench, 1);
        var state = new AdamState(Block(bench, 0), Block(bench, 0), bench.Tensor(1, 1, 1, [0]), bench.Tensor(1, 1, 1, [1]));
        double[] p = All(bench, parameters), t = All(bench, target), m = new double[p.Length], v = new double[p.Length];
        for (int step = 1; step <= 20; step++)
        {
            TensorBlock gradients = Block(bench, step % 5 == 0 ? 1e-4 : 3);
            double[] g = All(bench, gradients);
            bool follow = step % 2 == 0;
            float schedule = step < 10 ? 1 : 1 - (step / 32f);
            device.Upload([schedule], state.Schedule);
            device.Adam(parameters, gradients, state, options, follow ? target : null, 0.25f);
            for (int i = 0; i < p.Length; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                p[i] -= 1e-2 * schedule * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                t[i] += follow ? 0.25 * (p[i] - t[i]) : 0;
            }
        }

        // Twenty steps, each rounded once and with a relative error of its own.
        bench.AssertClose(Floats(bench, parameters), p, "parameters", factor: 20);
        bench.AssertClose(Floats(bench, target), t, "target", factor: 20);
        bench.AssertClose(Floats(bench, state.First), m, "first moment", factor: 20);
        bench.AssertClose(Floats(bench, state.Second), v, "second moment", factor: 20);
        Assert.That(bench.Values(state.Step)[0], Is.EqualTo(20));
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Copy_takes_a_whole_block(DeviceUnderTest kind)
    {
        using var bench = new GradientBench(kind);
        TensorBlock source = Block(bench, 1), target = Block(bench, 1);
        bench.Device.Copy(source, target);
        Assert.That(Floats(bench, target), Is.EqualTo(Floats(bench, source)));
    }

    [TestCase(1e9f)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(0.5f)]
    public void Clipping_measures_the_norm_over_all_tensors_and_scales_only_above_the_maximum(float maximum)
    {
        foreach (DeviceUnderTest kind in TestDevices.All.Select(one => (DeviceUnderTest)one.Arguments[0]!))
        {
            using var bench = new GradientBench(kind);
            TensorBlock gradients = Block(bench, 1);
            float[] before = Floats(bench, gradients);
            double norm = Math.Sqrt(before.Sum(value => (double)value * value));
            Tensor report = bench.Tensor(1, 1, ReportSlot.Count);
            bench.Device.ClipGradientNorm(gradients, maximum, report, ReportSlot.CriticGradientNorm);

            Assert.That((double)bench.Values(report)[ReportSlot.CriticGradientNorm], Is.EqualTo(norm).Within(bench.Tolerance * norm), kind.Name);
            if (maximum < norm)
            {
                bench.AssertClose(Floats(bench, gradients), [.. before.Select(value => value * maximum / (norm + 1e-6))], kind.Name);
            }
            else
            {
                Assert.That(Floats(bench, gradients), Is.EqualTo(before), kind.Name);
            }
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_entropy_coefficient_follows_Adam_on_its_logarithm(DeviceUnderTest kind)
    {
        using var bench = new GradientBench(kind);
        const double start = -1.5;
        var options = new AdamOptions(1e-2);
        Tensor state = bench.Tensor(1, 1, 5, [(float)start, (float)Math.Exp(start), 0, 0, 0]);
        Tensor alpha = bench.Tensor(1, 1, 1, [(float)Math.Exp(start)]), report = bench.Tensor(1, 1, ReportSlot.Count);
        double logAlpha = start, m = 0, v = 0;
        for (int step = 1; step <= 10; step++)
        {
            float[] logPi = bench.Normals(33, 4);
            double Loss(double l) => -Math.Exp(l) * logPi.Average(value => value - 4.0);
            double g = (Loss(logAlpha + 1e-5) - Loss(logAlpha - 1e-5)) / 2e-5;
            bench.Device.EntropyCoefficientStep(bench.Tensor(1, 1, 33, logPi), -4, options, state, alpha, report);
            m = (0.9 * m) + (0.1 * g);
            v = (0.999 * v) + (0.001 * g * g);
            logAlpha -= 1e-2 * (m / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, step))) + 1e-8);
        }

        Assert.That((double)bench.Values(state)[0], Is.EqualTo(logAlpha).Within(20 * bench.Tolerance));
        Assert.That((double)bench.Values(alpha)[0], Is.EqualTo(Math.Exp(logAlpha)).Within(20 * bench.Tolerance));
        Assert.That(bench.Values(report)[ReportSlot.EntropyCoefficient], Is.EqualTo(bench.Values(alpha)[0]));
        Assert.That(bench.Values(state)[4], Is.EqualTo(10));
    }

    private static TensorBlock Block(GradientBench bench, double scale)
    {
        TensorBlock block = bench.Device.Allocate("block", Shapes);
        foreach (Tensor tensor in block.Tensors)
        {
            bench.Device.Upload(bench.Normals((int)tensor.Shape.Elements, scale), tensor);
        }

        return block;
    }

    private static float[] Floats(GradientBench bench, TensorBlock block) => [.. block.Tensors.SelectMany(bench.Values)];

    private static double[] All(GradientBench bench, TensorBlock block) => DoubleFormulas.Doubles(Floats(bench, block));
}
