using Reacher.Fast.Core.Kernels;
using static Reacher.Fast.Core.Tests.Kernels.DoubleFormulas;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>Linear maps and layer normalisation, forward against formulas in double, backward against central differences.</summary>
public sealed class GradientDenseTests
{
    private static readonly (int Heads, int Inputs, int Outputs, int Batch, bool Shared)[] Sizes =
    [
        (1, 1, 1, 1, false), (1, 5, 7, 3, false), (2, 37, 19, 7, true), (2, 16, 33, 8, false), (2, 65, 31, 17, false), (1, 33, 40, 20, false),
    ];

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Linear_and_both_its_backward_products(DeviceUnderTest kind)
    {
        foreach ((int heads, int inputs, int outputs, int batch, bool shared) in Sizes)
        {
            using var bench = new GradientBench(kind);
            IKernelDevice device = bench.Device;
            float[] x = bench.Normals((shared ? 1 : heads) * batch * inputs), w = bench.Normals(heads * inputs * outputs, 0.3);
            float[] c = bench.Normals(heads * outputs), dy = bench.Normals(heads * batch * outputs);
            Tensor tx = bench.Tensor(shared ? 1 : heads, batch, inputs, x), tw = bench.Tensor(heads, inputs, outputs, w);
            Tensor tc = bench.Tensor(heads, 1, outputs, c), ty = bench.Tensor(heads, batch, outputs), tdy = bench.Tensor(heads, batch, outputs, dy);
            double[] Y(double[] xs, double[] ws, double[] cs) => PerHead(heads, h => DoubleFormulas.Linear(
                Part(xs, shared ? 1 : heads, shared ? 0 : h), Part(ws, heads, h), Part(cs, heads, h), batch));
            double[] y = Y(Doubles(x), Doubles(w), Doubles(c));
            string size = $"{heads}x{batch}x{inputs}x{outputs}";

            device.Linear(tx, tw, tc, ty, Activation.None);
            bench.AssertClose(ty, y, $"linear {size}");
            device.Linear(tx, tw, tc, ty, Activation.Tanh);
            bench.AssertClose(ty, DoubleFormulas.Tanh(y), $"tanh {size}");
            device.Linear(tx, tw, tc, ty, Activation.ReLU);
            bench.AssertClose(ty, ReLU(y), $"ReLU {size}");

            Tensor dw = bench.Tensor(heads, inputs, outputs), dc = bench.Tensor(heads, 1, outputs);
            device.LinearBackwardWeights(tx, tdy, dw, dc);
            bench.AssertGradient(dw, ws => Dot(Y(Doubles(x), ws, Doubles(c)), dy), w, $"dW {size}");
            bench.AssertGradient(dc, cs => Dot(Y(Doubles(x), Doubles(w), cs), dy), c, $"db {size}");

            Tensor dx = bench.Tensor(shared ? 1 : heads, batch, inputs);
            device.LinearBackwardInput(tdy, tw, dx, gate: null);
            bench.AssertGradient(dx, xs => Dot(Y(xs, Doubles(w), Doubles(c)), dy), x, $"dx {size}");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_input_gradient_through_the_gate_is_that_of_the_ReLU_before(DeviceUnderTest kind)
    {
        foreach ((int heads, int inputs, int outputs, int batch, _) in Sizes)
        {
            using var bench = new GradientBench(kind);
            float[] z = bench.Normals(heads * batch * inputs), w = bench.Normals(heads * inputs * outputs, 0.3),
                dy = bench.Normals(heads * batch * outputs);
            float[] x = Array.ConvertAll(z, value => Math.Max(0, value));
            Tensor dx = bench.Tensor(heads, batch, inputs);
            bench.Device.LinearBackwardInput(
                bench.Tensor(heads, batch, outputs, dy), bench.Tensor(heads, inputs, outputs, w), dx, gate: bench.Tensor(heads, batch, inputs, x));

            bench.AssertGradient(
                dx,
                zs => Dot(PerHead(
                heads, h => DoubleFormulas.Linear(Part(ReLU(zs), heads, h), Part(Doubles(w), heads, h), new double[outputs], batch)), dy),
                z,
                $"gated dx {heads}x{batch}x{inputs}x{outputs}",
                step: 1e-6);
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_action_gradient_sums_over_both_critics_from_the_first_action_on(DeviceUnderTest kind)
    {
        foreach ((int observations, int actions, int outputs, int batch) in new[] { (5, 2, 16, 8), (33, 4, 31, 7), (1, 1, 1, 1), (3, 9, 64, 20) })
        {
            using var bench = new GradientBench(kind);
            int inputs = observations + actions;
            float[] s = bench.Normals(batch * observations), a = bench.Normals(batch * actions);
            float[] w = bench.Normals(2 * inputs * outputs, 0.3), dy = bench.Normals(2 * batch * outputs);
            Tensor input = bench.Tensor(1, batch, inputs), da = bench.Tensor(1, batch, actions);
            bench.Device.Concatenate(bench.Tensor(1, batch, observations, s), bench.Tensor(1, batch, actions, a), input);
            bench.Device.LinearBackwardInput(
                bench.Tensor(2, batch, outputs, dy), bench.Tensor(2, inputs, outputs, w), da, null, firstInput: observations);

            bench.AssertClose(input, Rows(Doubles(s), Doubles(a), batch), "concatenation");
            bench.AssertGradient(
                da,
                actionValues => Dot(PerHead(2, h => DoubleFormulas.Linear(
                    Rows(Doubles(s), actionValues, batch), Part(Doubles(w), 2, h), new double[outputs], batch)), dy),
                a,
                "da");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_value_head_and_its_backward(DeviceUnderTest kind)
    {
        foreach ((int heads, int inputs, _, int batch, _) in Sizes)
        {
            using var bench = new GradientBench(kind);
            float[] z = bench.Normals(heads * batch * inputs), w = bench.Normals(heads * inputs), c = bench.Normals(heads),
                dq = bench.Normals(heads * batch);
            float[] x = Array.ConvertAll(z, value => Math.Max(0, value));
            Tensor tx = bench.Tensor(heads, batch, inputs, x), tw = bench.Tensor(heads, 1, inputs, w), tdq = bench.Tensor(heads, 1, batch, dq);
            Tensor q = bench.Tensor(heads, 1, batch), dx = bench.Tensor(heads, batch, inputs), dw = bench.Tensor(heads, 1, inputs),
                dc = bench.Tensor(heads, 1, 1);
            double[] Q(double[] zs, double[] ws, double[] cs) => PerHead(heads, h => DoubleFormulas.Linear(
                Part(ReLU(zs), heads, h), Part(ws, heads, h), Part(cs, heads, h), batch));

            bench.Device.ValueHead(tx, tw, bench.Tensor(heads, 1, 1, c), q);
            bench.AssertClose(q, Q(Doubles(z), Doubles(w), Doubles(c)), "q");
            bench.Device.ValueHeadBackward(tdq, tx, tw, dx, gate: tx, dw, dc);
            bench.AssertGradient(dx, zs => Dot(Q(zs, Doubles(w), Doubles(c)), dq), z, "gated dx", step: 1e-6);
            bench.AssertGradient(dw, ws => Dot(Q(Doubles(z), ws, Doubles(c)), dq), w, "dw");
            bench.AssertGradient(dc, cs => Dot(Q(Doubles(z), Doubles(w), cs), dq), c, "dc");

            bench.Device.ValueHeadBackward(tdq, tx, tw, dx, gate: null, null, null);
            bench.AssertClose(
                dx, [.. Enumerable.Range(0, z.Length).Select(i => (double)dq[i / inputs] * w[(i / inputs / batch * inputs) + (i % inputs)])], "dx");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Layer_normalisation_and_its_backward_also_in_place(DeviceUnderTest kind)
    {
        foreach ((int heads, int batch, int features) in new[] { (1, 3, 5), (2, 7, 33), (2, 8, 16), (1, 20, 65), (2, 1, 4) })
        {
            using var bench = new GradientBench(kind);
            float[] x = bench.Normals(heads * batch * features), g = bench.Normals(heads * features), s = bench.Normals(heads * features);
            float[] dy = bench.Normals(x.Length);
            Tensor tg = bench.Tensor(heads, 1, features, g), y = bench.Tensor(heads, batch, features), tdy = bench.Tensor(heads, batch, features, dy);
            Tensor normalized = bench.Tensor(heads, batch, features), rstd = bench.Tensor(heads, 1, batch);
            Tensor dg = bench.Tensor(heads, 1, features), ds = bench.Tensor(heads, 1, features), dx = bench.Tensor(heads, batch, features);
            double[] Y(double[] xs, double[] gs, double[] ss) =>
                PerHead(heads, h => DoubleFormulas.LayerNorm(Part(xs, heads, h), Part(gs, heads, h), Part(ss, heads, h)));
            double[] expected = Y(Doubles(x), Doubles(g), Doubles(s));

            bench.Device.LayerNorm(
                bench.Tensor(heads, batch, features, x), tg, bench.Tensor(heads, 1, features, s), normalized, rstd, y, Activation.ReLU);
            bench.AssertClose(y, ReLU(expected), "ReLU");
            bench.Device.LayerNorm(
                bench.Tensor(heads, batch, features, x), tg, bench.Tensor(heads, 1, features, s), normalized, rstd, y, Activation.None);
            bench.AssertClose(y, expected, "y");
            bench.Device.LayerNormBackward(tdy, tg, normalized, rstd, dx, dg, ds);
            bench.AssertGradient(dx, xs => Dot(Y(xs, Doubles(g), Doubles(s)), dy), x, "dx", step: 1e-5);
            bench.AssertGradient(dg, gs => Dot(Y(Doubles(x), gs, Doubles(s)), dy), g, "dgain");
            bench.AssertGradient(ds, ss => Dot(Y(Doubles(x), Doubles(g), ss), dy), s, "dshift");

            float[] separate = bench.Values(dx);
            bench.Device.LayerNormBackward(tdy, tg, normalized, rstd, tdy, null, null);
            Assert.That(bench.Values(tdy), Is.EqualTo(separate), "in place");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Normalising_observations_is_exact_in_float32_and_clamped(DeviceUnderTest kind)
    {
        using var bench = new GradientBench(kind);
        float[] x = bench.Normals(7 * 33, scale: 5), mean = bench.Normals(33), scale = Array.ConvertAll(bench.Normals(33), MathF.Exp);
        Tensor tx = bench.Tensor(1, 7, 33, x), y = bench.Tensor(1, 7, 33);
        float[] expected = [.. x.Select((value, i) => Math.Clamp((value - mean[i % 33]) * scale[i % 33], -10f, 10f))];
        bench.Device.Normalize(tx, bench.Tensor(1, 1, 33, mean), bench.Tensor(1, 1, 33, scale), 10, y);
        Assert.That(bench.Values(y), Is.EqualTo(expected));
        Assert.That(expected.Count(value => Math.Abs(value) == 10), Is.GreaterThan(3), "the clamp is in play");

        bench.Device.Normalize(tx, bench.Tensor(1, 1, 33, mean), bench.Tensor(1, 1, 33, scale), 10, tx);
        Assert.That(bench.Values(tx), Is.EqualTo(expected), "in place");
    }

    private static double[] PerHead(int heads, Func<int, double[]> head) => [.. Enumerable.Range(0, heads).SelectMany(head)];

    private static double[] Part(double[] all, int heads, int head) => all[(all.Length / heads * head)..(all.Length / heads * (head + 1))];

    private static double[] Rows(double[] left, double[] right, int batch) =>
        [.. Enumerable.Range(0, batch).SelectMany(b => Part(left, batch, b).Concat(Part(right, batch, b)))];
}
