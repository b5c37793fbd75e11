using Reacher.Fast.Core.Kernels;
using static Reacher.Fast.Core.Tests.Kernels.DoubleFormulas;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The policies' outputs and losses, forward against formulas in double, backward against central differences.</summary>
public sealed class GradientPolicyTests
{
    private static readonly (int Batch, int Actions)[] Sizes = [(1, 1), (3, 2), (8, 4), (7, 5), (33, 3)];

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_squashed_Gaussian_its_log_probability_and_gradient(DeviceUnderTest kind)
    {
        foreach ((int batch, int actions) in Sizes)
        {
            using var bench = new GradientBench(kind);
            CheckSquashedGaussian(bench, batch, actions, bench.Normals(batch * 2 * actions), "ordinary");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Saturated_actions_keep_a_finite_log_probability_and_a_gradient_that_leads_back(DeviceUnderTest kind)
    {
        foreach (float mean in new[] { -40f, -12, -9, -5, 5, 9, 12, 40 })
        {
            foreach (float raw in new[] { -6f, -2, 0, 2, 6 })
            {
                using var bench = new GradientBench(kind);
                float[] output = [mean, -mean, raw, raw, mean, mean, raw, -raw];
                float[] gradient = CheckSquashedGaussian(bench, 2, 2, output, $"mean {mean}, raw {raw}");

                // Where Q is flat the entropy term alone must pull the mean back towards 0: d log pi / du = 2 tanh u.
                Assert.That(gradient, Has.All.Matches<float>(float.IsFinite));
                if (raw < 0)
                {
                    Assert.That(Math.Sign(gradient[0]), Is.EqualTo(Math.Sign(mean)), $"mean {mean}, raw {raw}");
                }
            }
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_mode_is_tanh_of_the_mean(DeviceUnderTest kind)
    {
        foreach ((int batch, int actions) in Sizes)
        {
            using var bench = new GradientBench(kind);
            float[] output = bench.Normals(batch * 2 * actions, 2);
            Tensor action = bench.Tensor(1, batch, actions);
            bench.Device.SquashedGaussianMode(bench.Tensor(1, batch, 2 * actions, output), action);
            bench.AssertClose(action,
                [.. Enumerable.Range(0, batch * actions).Select(i => Math.Tanh(output[(i / actions * 2 * actions) + (i % actions)]))], "mode");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Clipped_noise_is_the_stream_of_the_counter_and_the_action_stays_in_range(DeviceUnderTest kind)
    {
        foreach ((int batch, int actions) in Sizes)
        {
            using var bench = new GradientBench(kind);
            bench.Device.NoiseSeed = 0x1234567890;
            bench.Device.UpdateCounter = 41;
            bench.Device.AdvanceNoise();
            Assert.That(bench.Device.UpdateCounter, Is.EqualTo(42));
            float[] mean = bench.Normals(batch * actions, 0.7), noise = new float[batch * actions];
            Philox.Normals(0x1234567890, NoiseStream.TargetSmoothing, 42, noise);
            Tensor action = bench.Tensor(1, batch, actions, mean);
            foreach (float clip in new[] { 0.5f, 0.05f, float.PositiveInfinity })
            {
                bench.Device.Upload(mean, action);
                bench.Device.AddClippedNoise(action, NoiseStream.TargetSmoothing, 0.4f, clip, action);
                bench.AssertClose(action, [.. mean.Zip(noise, (m, e) => Math.Clamp(m + Math.Clamp(0.4 * e, -clip, clip), -1, 1))], $"clip {clip}");
            }
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Backward_through_tanh(DeviceUnderTest kind)
    {
        foreach ((int batch, int actions) in Sizes)
        {
            using var bench = new GradientBench(kind);
            float[] x = bench.Normals(batch * actions), dy = bench.Normals(batch * actions);
            Tensor dx = bench.Tensor(1, batch, actions, dy);
            bench.Device.TanhBackward(dx, bench.Tensor(1, batch, actions, Array.ConvertAll(x, MathF.Tanh)), dx);
            bench.AssertGradient(dx, xs => Dot(DoubleFormulas.Tanh(xs), dy), x, "dx");
        }
    }

    /// <summary>Everything about one output; returns the gradient with Q flat, so the entropy term alone.</summary>
    private static float[] CheckSquashedGaussian(GradientBench bench, int batch, int actions, float[] output, string what)
    {
        const float alpha = 0.37f;
        (bench.Device.NoiseSeed, bench.Device.UpdateCounter) = (99, 7);
        float[] eps = new float[batch * actions], dq = bench.Normals(batch * actions);
        Philox.Normals(99, NoiseStream.PolicyAction, 7, eps);
        Tensor tOutput = bench.Tensor(1, batch, 2 * actions, output), noise = bench.Tensor(1, batch, actions);
        Tensor action = bench.Tensor(1, batch, actions), logPi = bench.Tensor(1, 1, batch);
        (double[] U, double LogPi)[] Samples(double[] o) => [.. Enumerable.Range(0, batch).Select(b => SquashedGaussian(
            o.AsSpan(b * 2 * actions, 2 * actions), eps.AsSpan(b * actions, actions)))];
        (double[] U, double LogPi)[] expected = Samples(Doubles(output));

        bench.Device.SquashedGaussian(tOutput, NoiseStream.PolicyAction, noise, action, logPi);
        bench.AssertClose(noise, Doubles(eps), $"noise, {what}");
        bench.AssertClose(action, [.. expected.SelectMany(sample => DoubleFormulas.Tanh(sample.U))], $"action, {what}");
        bench.AssertClose(logPi, [.. expected.Select(sample => sample.LogPi)], $"log pi, {what}");
        Assert.That(bench.Values(action), Has.All.InRange(-1f, 1f));

        // L = mean(alpha log pi) + sum(dq a): the second term is what arrives through Q.
        Tensor gradient = bench.Tensor(1, batch, 2 * actions), tAlpha = bench.Tensor(1, 1, 1, [alpha]);
        bench.Device.SquashedGaussianBackward(tOutput, noise, action, bench.Tensor(1, batch, actions, dq), tAlpha, gradient);
        bench.AssertGradient(
            gradient,
            o => Samples(o).Average(sample => alpha * sample.LogPi) + Dot([.. Samples(o).SelectMany(sample => DoubleFormulas.Tanh(sample.U))], dq),
            output,
            $"gradient, {what}",
            step: 1e-5);
        bench.Device.SquashedGaussianBackward(tOutput, noise, action, bench.Tensor(1, batch, actions, new float[batch * actions]), tAlpha, gradient);
        return bench.Values(gradient);
    }
}
