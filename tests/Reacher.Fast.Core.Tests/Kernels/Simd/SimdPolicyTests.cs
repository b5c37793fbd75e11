using Reacher.Fast.Core.Kernels;
using static Reacher.Fast.Core.Tests.Kernels.Simd.TwinDevices;

namespace Reacher.Fast.Core.Tests.Kernels.Simd;

/// <summary>Policies' outputs, noise, losses and optimisers against the scalar reference.</summary>
[TestFixtureSource(typeof(SimdPath), nameof(SimdPath.All))]
internal sealed class SimdPolicyTests(SimdPath path)
{
    private static readonly (int Batch, int Actions)[] Sizes = [(1, 1), (5, 4), (20, 4), (7, 3), (300, 4), (33, 17), (2, 200)];

    private TwinDevices twins = null!;

    [SetUp]
    public void Create() => twins = new TwinDevices(path);

    [TearDown]
    public void Free() => twins.Dispose();

    [TestCase(1f, 2e-6)]
    [TestCase(8f, 4e-6, Description = "raw and mean saturated: |u| to 40")]
    public void The_squashed_gaussian_and_its_gradient_agree_with_the_reference(float scale, double tolerance)
    {
        foreach ((int batch, int actions) in Sizes)
        {
            Twin output = twins.Normal("output", 1, batch, 2 * actions, scale), noise = twins.Normal("noise", 1, batch, actions);
            Twin action = twins.Normal("action", 1, batch, actions), logPi = twins.Normal("logpi", 1, 1, batch);
            twins.Run((device, at) => device.SquashedGaussian(at(output), NoiseStream.PolicyAction, at(noise), at(action), at(logPi)));
            twins.AssertEqual(noise, 1e-6);
            twins.AssertEqual(action, tolerance);
            twins.AssertEqual(logPi, tolerance);

            Twin da = twins.Normal("da", 1, batch, actions), alpha = twins.With("alpha", 1, 1, 1, _ => 0.2f);
            Twin d = twins.Normal("d", 1, batch, 2 * actions);
            twins.Run((device, at) => device.SquashedGaussianBackward(at(output), at(noise), at(action), at(da), at(alpha), at(d)));
            twins.AssertEqual(d, tolerance);
            twins.Run((device, at) => device.SquashedGaussianMode(at(output), at(action)));
            twins.AssertEqual(action, 1e-6);
        }
    }

    [Test]
    public void Clipped_noise_agrees_with_the_reference([Values(0.3f, float.PositiveInfinity)] float clip)
    {
        foreach ((int batch, int actions) in Sizes)
        {
            Twin mean = twins.With("mean", 1, batch, actions, i => MathF.Sin(i)), action = twins.Normal("action", 1, batch, actions);
            twins.Run((device, at) => device.AddClippedNoise(at(mean), NoiseStream.TargetSmoothing, 0.2f, clip, at(action)));
            twins.AssertEqual(action, 1e-6);
            twins.Run((device, at) => device.AddClippedNoise(at(mean), NoiseStream.Exploration, 0.2f, clip, at(mean)));
            twins.AssertEqual(mean, 1e-6);
        }
    }

    [Test]
    public void Every_update_draws_new_noise_that_both_devices_share()
    {
        Twin output = twins.Normal("output", 1, 9, 8), noise = twins.Normal("noise", 1, 9, 4);
        Twin action = twins.Normal("action", 1, 9, 4), logPi = twins.Normal("logpi", 1, 1, 9);
        HashSet<float> seen = [];
        for (int update = 0; update < 5; update++)
        {
            twins.Run((device, at) =>
            {
                device.AdvanceNoise();
                device.SquashedGaussian(at(output), NoiseStream.TargetAction, at(noise), at(action), at(logPi));
            });
            twins.AssertEqual(noise, 1e-6);
            Assert.That(seen.Add(Read(twins.Fast, noise.Fast[0])[0]), "the same number twice");
        }

        Assert.That(twins.Fast.UpdateCounter, Is.EqualTo(twins.Reference.UpdateCounter));
    }

    [Test]
    public void Tanh_backward_agrees_with_the_reference()
    {
        Twin dy = twins.Normal("dy", 1, 21, 5), y = twins.With("y", 1, 21, 5, i => MathF.Tanh(i - 50)), dx = twins.Normal("dx", 1, 21, 5);
        twins.Run((device, at) => device.TanhBackward(at(dy), at(y), at(dx)));
        twins.AssertEqual(dx, 1e-6);
    }

    [Test]
    public void Targets_and_losses_agree_with_the_reference([Values(1, 7, 256, 1000)] int batch)
    {
        Twin reward = twins.Normal("r", 1, 1, batch), discount = twins.With("g", 1, 1, batch, i => i % 5 == 0 ? 0f : 0.99f);
        Twin q = twins.Normal("q", 2, 1, batch), logPi = twins.Normal("l", 1, 1, batch), alpha = twins.With("a", 1, 1, 1, _ => 0.3f);
        Twin y = twins.Normal("y", 1, 1, batch), dq = twins.Normal("dq", 2, 1, batch);
        Twin report = twins.With("report", 1, 1, ReportSlot.Count, _ => 0f);
        twins.Run((device, at) => device.SacTarget(at(reward), at(discount), at(q), at(logPi), at(alpha), at(y)));
        twins.AssertEqual(y, 1e-6);
        twins.Run((device, at) => device.Td3Target(at(reward), at(discount), at(q), at(y)));
        twins.AssertEqual(y, 1e-6);
        twins.Run((device, at) => device.CriticLoss(at(q), at(y), at(dq), at(report)));
        twins.AssertEqual(dq, 1e-6);
        twins.Run((device, at) => device.SacPolicyLoss(at(q), at(logPi), at(alpha), at(dq), at(report)));
        twins.AssertEqual(dq, 1e-6);
        twins.AssertEqual(report, 2e-6);
        twins.Run((device, at) => device.Td3PolicyLoss(at(q), at(dq), at(report)));
        twins.AssertEqual(dq, 0);
        twins.AssertEqual(report, 2e-6);
    }

    [Test]
    public void Adam_with_Polyak_agrees_with_the_reference_over_many_steps([Values(1, 33, 5000)] int size, [Values] bool polyak)
    {
        Twin p = twins.Normal("p", 1, 3, size), target = twins.Normal("t", 1, 3, size), step = twins.With("s", 1, 1, 1, _ => 0f),
            schedule = twins.With("r", 1, 1, 1, _ => 0.75f);
        Twin m = twins.With("m", 1, 3, size, _ => 0f), v = twins.With("v", 1, 3, size, _ => 0f);
        for (int i = 0; i < 20; i++)
        {
            Twin g = twins.Normal("g", 1, 3, size, i % 2 == 0 ? 1e-4f : 1f);
            twins.Run((device, at) => device.Adam(
                at(p).Block, at(g).Block, new AdamState(at(m).Block, at(v).Block, at(step), at(schedule)), new AdamOptions(3e-2),
                polyak ? at(target).Block : null, 0.05f));
        }

        twins.AssertEqual(step, 0);
        twins.AssertEqual(m, 1e-6);
        twins.AssertEqual(v, 1e-6);
        twins.AssertEqual(p, 2e-6);
        twins.AssertEqual(target, 2e-6);
    }

    [TestCase(0.5f)]
    [TestCase(1e9f)]
    [TestCase(float.PositiveInfinity)]
    public void Gradient_clipping_agrees_with_the_reference(float maximum)
    {
        Twin g = twins.Normal("g", 2, 70, 300), report = twins.With("report", 1, 1, ReportSlot.Count, _ => 0f);
        twins.Run((device, at) => device.ClipGradientNorm(at(g).Block, maximum, at(report), ReportSlot.CriticGradientNorm));
        twins.AssertEqual(report, 1e-6);
        twins.AssertEqual(g, 1e-6);
    }

    [Test]
    public void A_gradient_of_NaN_is_not_hidden_by_clipping_or_ReLU()
    {
        Twin g = twins.With("g", 1, 3, 40, i => i == 50 ? float.NaN : 1f), report = twins.With("report", 1, 1, ReportSlot.Count, _ => 0f);
        Twin x = twins.With("x", 1, 3, 4, i => i == 5 ? float.NaN : 1f), w = twins.With("w", 1, 4, 40, _ => -1f);
        Twin b = twins.With("b", 1, 1, 40, _ => 0f), y = twins.Normal("y", 1, 3, 40);
        twins.Fast.ClipGradientNorm(g.Fast, 1f, report.Fast[0], 0);
        twins.Fast.Linear(x.Fast[0], w.Fast[0], b.Fast[0], y.Fast[0], Activation.ReLU);
        Assert.That(Read(twins.Fast, report.Fast[0])[0], Is.NaN);
        Assert.That(Read(twins.Fast, y.Fast[0])[40..80], Is.All.NaN);
        Assert.That(Read(twins.Fast, y.Fast[0])[..40], Is.All.Zero);
    }

    [Test]
    public void The_entropy_coefficients_step_agrees_with_the_reference()
    {
        Twin logPi = twins.Normal("l", 1, 1, 100), state = twins.With("state", 1, 1, 5, i => i == 1 ? 1f : 0f);
        Twin alpha = twins.With("alpha", 1, 1, 1, _ => 1f), report = twins.With("report", 1, 1, ReportSlot.Count, _ => 0f);
        for (int i = 0; i < 30; i++)
        {
            twins.Run((device, at) => device.EntropyCoefficientStep(at(logPi), -4f, new AdamOptions(3e-2), at(state), at(alpha), at(report)));
        }

        twins.AssertEqual(state, 1e-6);
        twins.AssertEqual(alpha, 1e-6);
        twins.AssertEqual(report, 1e-6);
    }
}
