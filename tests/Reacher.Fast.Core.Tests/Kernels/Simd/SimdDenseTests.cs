using Reacher.Fast.Core.Kernels;
using static Reacher.Fast.Core.Tests.Kernels.Simd.TwinDevices;

namespace Reacher.Fast.Core.Tests.Kernels.Simd;

/// <summary>
/// Linear maps and layer normalisation against the scalar reference, over sizes around every edge of the kernels: one row, one
/// column, a register less and more, a panel less and more, deeper than a block of the sum, more rows than a block of rows.
/// </summary>
[TestFixtureSource(typeof(SimdPath), nameof(SimdPath.All))]
internal sealed class SimdDenseTests(SimdPath path)
{
    private static readonly (int Batch, int In, int Out)[] Sizes =
    [
        (1, 1, 1), (1, 33, 8), (2, 3, 5), (5, 8, 9), (7, 15, 17), (6, 16, 16), (11, 17, 31), (13, 37, 33), (20, 33, 40),
        (33, 7, 65), (64, 64, 32), (97, 100, 8), (200, 37, 48), (31, 300, 20), (515, 19, 23), (3, 64, 1),
    ];

    private TwinDevices twins = null!;

    [SetUp]
    public void Create() => twins = new TwinDevices(path);

    [TearDown]
    public void Free() => twins.Dispose();

    [Test]
    public void Linear_agrees_with_the_reference([Values] Activation activation, [Values(1, 2)] int heads, [Values] bool shared)
    {
        foreach ((int batch, int inputs, int outputs) in Sizes)
        {
            Twin x = twins.Normal("x", shared ? 1 : heads, batch, inputs), w = twins.Normal("w", heads, inputs, outputs, 0.3f);
            Twin b = twins.Normal("b", heads, 1, outputs), y = twins.Normal("y", heads, batch, outputs);
            twins.Run((device, at) => device.Linear(at(x), at(w), at(b), at(y), activation));
            twins.AssertEqual(y, Tolerance(inputs));
        }
    }

    [Test]
    public void Input_gradients_agree_with_the_reference([Values(1, 2)] int heads, [Values] bool gated)
    {
        foreach ((int batch, int inputs, int outputs) in Sizes)
        {
            Twin dy = twins.Normal("dy", heads, batch, outputs), w = twins.Normal("w", heads, inputs, outputs, 0.3f);
            Twin dx = twins.Normal("dx", heads, batch, inputs), gate = Gate(heads, batch, inputs);
            twins.Run((device, at) => device.LinearBackwardInput(at(dy), at(w), at(dx), gated ? at(gate) : null));
            twins.AssertEqual(dx, Tolerance(outputs));
        }
    }

    [Test]
    public void The_action_gradient_sums_both_heads_over_a_part_of_the_inputs()
    {
        foreach ((int first, int count, int batch) in new[] { (33, 4, 20), (0, 1, 3), (15, 2, 7), (16, 16, 33), (31, 6, 65), (5, 32, 6) })
        {
            Twin dy = twins.Normal("dy", 2, batch, 45), w = twins.Normal("w", 2, first + count, 45, 0.3f);
            Twin dx = twins.Normal("dx", 1, batch, count);
            twins.Run((device, at) => device.LinearBackwardInput(at(dy), at(w), at(dx), null, first));
            twins.AssertEqual(dx, 3e-6);
        }
    }

    [Test]
    public void Weight_gradients_agree_with_the_reference([Values(1, 2)] int heads, [Values] bool shared)
    {
        foreach ((int batch, int inputs, int outputs) in Sizes)
        {
            Twin x = twins.Normal("x", shared ? 1 : heads, batch, inputs), dy = twins.Normal("dy", heads, batch, outputs);
            Twin dw = twins.Normal("dw", heads, inputs, outputs), db = twins.Normal("db", heads, 1, outputs);
            twins.Run((device, at) => device.LinearBackwardWeights(at(x), at(dy), at(dw), at(db)));
            twins.AssertEqual(dw, Tolerance(batch));
            twins.AssertEqual(db, Tolerance(batch));
        }
    }

    [Test]
    public void The_value_head_and_its_gradients_agree_with_the_reference([Values(1, 2)] int heads, [Values] bool gated, [Values] bool weights)
    {
        foreach ((int batch, int inputs, _) in Sizes)
        {
            Twin x = twins.Normal("x", heads, batch, inputs), w = twins.Normal("w", heads, 1, inputs, 0.3f);
            Twin c = twins.Normal("c", heads, 1, 1), q = twins.Normal("q", heads, 1, batch);
            twins.Run((device, at) => device.ValueHead(at(x), at(w), at(c), at(q)));
            twins.AssertEqual(q, Tolerance(inputs));

            Twin dq = twins.Normal("dq", heads, 1, batch), dx = twins.Normal("dx", heads, batch, inputs), gate = Gate(heads, batch, inputs);
            Twin dw = twins.Normal("dw", heads, 1, inputs), dc = twins.Normal("dc", heads, 1, 1);
            twins.Run((device, at) => device.ValueHeadBackward(
                at(dq), at(x), at(w), at(dx), gated ? at(gate) : null, weights ? at(dw) : null, weights ? at(dc) : null));
            twins.AssertEqual(dx, 3e-6);
            twins.AssertEqual(dw, Tolerance(batch));
            twins.AssertEqual(dc, Tolerance(batch));
        }
    }

    [Test]
    public void Layer_normalisation_and_its_gradients_agree_with_the_reference([Values] Activation activation, [Values(1, 2)] int heads)
    {
        foreach ((int batch, int features) in new[] { (1, 2), (3, 5), (7, 16), (5, 17), (20, 33), (6, 256), (33, 100) })
        {
            Twin x = twins.Normal("x", heads, batch, features, 3f), gain = twins.Normal("gain", heads, 1, features);
            Twin shift = twins.Normal("shift", heads, 1, features), n = twins.Normal("n", heads, batch, features);
            Twin rstd = twins.Normal("rstd", heads, 1, batch), y = twins.Normal("y", heads, batch, features);
            twins.Run((device, at) => device.LayerNorm(at(x), at(gain), at(shift), at(n), at(rstd), at(y), activation));
            twins.AssertEqual(n, 1e-5);
            twins.AssertEqual(rstd, 1e-5);
            twins.AssertEqual(y, 1e-5);

            Twin dy = twins.Normal("dy", heads, batch, features), dx = twins.Normal("dx", heads, batch, features);
            Twin dGain = twins.Normal("dgain", heads, 1, features), dShift = twins.Normal("dshift", heads, 1, features);
            twins.Run((device, at) => device.LayerNormBackward(at(dy), at(gain), at(n), at(rstd), at(dx), at(dGain), at(dShift)));
            twins.AssertEqual(dx, 1e-5);
            twins.AssertEqual(dGain, 1e-5);
            twins.AssertEqual(dShift, 1e-5);
            twins.Run((device, at) => device.LayerNormBackward(at(dy), at(gain), at(n), at(rstd), at(dy), null, null));
            twins.AssertEqual(dy, 1e-5);
        }
    }

    [Test]
    public void Concatenation_agrees_with_the_reference()
    {
        foreach ((int batch, int left, int right) in new[] { (1, 1, 1), (20, 33, 4), (7, 16, 16), (5, 31, 2), (64, 3, 40), (3, 64, 33) })
        {
            Twin a = twins.Normal("a", 1, batch, left), b = twins.Normal("b", 1, batch, right), y = twins.Normal("y", 1, batch, left + right);
            twins.Run((device, at) => device.Concatenate(at(a), at(b), at(y)));
            twins.AssertEqual(y, 0);
        }
    }

    [Test]
    public void Normalisation_clamps_and_agrees_with_the_reference()
    {
        foreach ((int batch, int columns) in new[] { (1, 1), (20, 33), (7, 16), (5, 70) })
        {
            Twin x = twins.Normal("x", 1, batch, columns, 3f), mean = twins.Normal("mean", 1, 1, columns);
            Twin scale = twins.Normal("scale", 1, 1, columns, 2f), y = twins.Normal("y", 1, batch, columns);
            twins.Run((device, at) => device.Normalize(at(x), at(mean), at(scale), 5f, at(y)));
            twins.AssertEqual(y, 1e-6);
            Assert.That(Read(twins.Fast, y.Fast[0]).Max(Math.Abs), Is.LessThanOrEqualTo(5f));
        }
    }

    /// <summary>A sum of k products rounds k times in single precision; errors add as a random walk does.</summary>
    private static double Tolerance(int depth) => 1e-6 * Math.Max(3, Math.Sqrt(depth));

    /// <summary>A ReLU output: half of it exactly zero.</summary>
    private Twin Gate(int heads, int batch, int inputs)
    {
        Random random = new(7);
        return twins.With("gate", heads, batch, inputs, _ => Math.Max(0f, random.NextSingle() - 0.5f));
    }
}
