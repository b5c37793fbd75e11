using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Tests.Kernels;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>
/// The defects that kept an earlier implementation of this task from ever learning, each as a check that the right thing
/// passes and the planted defect fails. Those of rows are shown by the value that a learner learns from them.
/// </summary>
public sealed class RegressionTests
{
    private const float Gamma = 0.9f;
    private static readonly TransitionSpec Spec = new(1, 1);

    /// <summary>What becomes of a batch's row: observation +1 earns 1 at every step for ever, -1 nothing, each stays what it is.</summary>
    private delegate void Row(BatchBuffer batch, int row, float agent);

    [Test]
    public void Wrong_successor_another_agents_observation_is_caught_by_the_values_learned()
    {
        Assert.That(ValueOfEarning(static (_, _, _) => { }), Is.EqualTo(10).Within(1), "1 / (1 - gamma)");
        Assert.That(ValueOfEarning(static (batch, row, agent) => batch.NextObservations[row] = -agent), Is.LessThan(7), "planted");
    }

    [Test]
    public void Torn_batch_rewards_of_other_rows_is_caught_by_the_values_learned() =>
        Assert.That(ValueOfEarning(static (batch, row, _) => batch.Rewards[row] = row % 4 < 2 ? 1 : 0), Is.LessThan(7), "planted");

    [Test]
    public void Truncation_as_terminal_is_caught_by_the_values_learned() =>
        Assert.That(ValueOfEarning(static (batch, row, _) => batch.Discounts[row] = row % 5 == 0 ? 0 : Gamma), Is.LessThan(7), "planted");

    [Test]
    public void Post_reset_observation_as_successor_is_caught_by_the_values_learned() =>
        Assert.That(ValueOfEarning(static (batch, row, agent) => batch.NextObservations[row] = row % 5 == 0 ? -1 : agent), Is.LessThan(7), "planted");

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Frozen_log_std_has_no_place_where_its_gradient_is_zero(DeviceUnderTest kind)
    {
        using var bench = new GradientBench(kind);
        foreach (float raw in new[] { -6f, -4, -2, 0, 2, 4, 6 })
        {
            // Where Q is flat the entropy term alone acts, alpha d(log pi)/d(log sigma), and it is not 0.
            Tensor output = bench.Tensor(1, 1, 2, [0.1f, raw]), noise = bench.Tensor(1, 1, 1), action = bench.Tensor(1, 1, 1);
            Tensor gradient = bench.Tensor(1, 1, 2);
            bench.Device.SquashedGaussian(output, NoiseStream.PolicyAction, noise, action, bench.Tensor(1, 1, 1));
            bench.Device.SquashedGaussianBackward(output, noise, action, bench.Tensor(1, 1, 1, [0]), bench.Tensor(1, 1, 1, [1]), gradient);
            Assert.That(IsFrozen(bench.Values(gradient)[1]), Is.False, $"raw {raw}");
        }

        // Planted: log sigma = clamp(raw, -5, 2), by central difference where a network of ordinary size ends up at first.
        Assert.That(IsFrozen((Math.Clamp(6.01f, -5, 2) - Math.Clamp(5.99f, -5, 2)) / 0.02f), Is.True);
        static bool IsFrozen(float gradient) => Math.Abs(gradient) < 1e-6;
    }

    [TestCase(WeightInitialization.UniformFanIn)]
    [TestCase(WeightInitialization.Orthogonal)]
    public void Near_equal_twins_is_caught_by_the_correlation_of_their_weights(WeightInitialization initialization)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using var learner = new Td3Learner(
            PaperOptions.Td3 with { HiddenSizes = [32, 32], BatchSize = 8, Initialization = initialization }, new TransitionSpec(5, 2), device);
        var state = new StateDictionary();
        learner.SaveState(state);
        float[] first = state.GetFloats("critic1.2.weight", 32, 32).ToArray(), second = state.GetFloats("critic2.2.weight", 32, 32).ToArray();
        float[] planted = [.. first.Zip(second, (one, other) => one + (0.3f * other))];

        Assert.That(AreNearCopies(first, second), Is.False);
        Assert.That(AreNearCopies(first, planted), Is.True, "correlation 0.95, as it was");
        Assert.That(state.GetFloats("target_critic2.2.weight", 32, 32).ToArray(), Is.EqualTo(second), "targets begin as copies");
        static bool AreNearCopies(float[] x, float[] y) => Math.Abs(Correlation(x, y)) > 5 / Math.Sqrt(x.Length);
    }

    [Test]
    public void Normaliser_mismatch_is_caught_by_the_actions()
    {
        var spec = new TransitionSpec(3, 2);
        using IKernelDevice device = KernelDevices.Create("scalar", 1), acting = KernelDevices.Create("scalar", 1);
        using var learner = new Td3Learner(PaperOptions.Td3 with { BatchSize = 16, HiddenSizes = [16], NormalizeObservations = true }, spec, device);
        for (int i = 0; i < 30; i++)
        {
            using BatchBuffer batch = Batches.Random(spec, 16, (ulong)i);
            Shift(batch.Observations);
            Shift(batch.NextObservations);
            learner.Update(batch.View);
        }

        float[] block = new float[learner.Policy.BlockLength], observations = [7, -3, 11, 6, -2, 12], actions = new float[4];
        learner.CopyPolicy(block);
        float[] withoutNormaliser = [.. Enumerable.Repeat(0f, 3), .. Enumerable.Repeat(1f, 3), .. block[6..]];
        float[] learned = Learned(learner, spec, observations);

        Assert.That(Act(block), Is.EqualTo(learned).Within(1e-6));
        Assert.That(Act(withoutNormaliser), Is.Not.EqualTo(learned).Within(1e-2), "planted: acting on raw observations");

        float[] Act(float[] weights)
        {
            var policy = new Policy(learner.Policy, acting);
            policy.Load(weights);
            policy.ActDeterministic(observations, 2, actions);
            return [.. actions];
        }

        static void Shift(Span<float> values)
        {
            foreach (ref float value in values)
            {
                value = (2 * value) + 5;
            }
        }
    }

    /// <summary>What the learner's own network says of raw observations, normalised by the learner's own statistics.</summary>
    private static float[] Learned(OffPolicyLearner learner, TransitionSpec spec, float[] observations)
    {
        int count = observations.Length / spec.ObservationSize;
        IKernelDevice device = learner.KernelDevice;
        Tensor x = device.Allocate("x", new TensorShape("x", 1, count, spec.ObservationSize))[0];
        device.Upload(observations, x);
        learner.Normalizer.Normalize(x);
        Tensor output = new PolicyNetwork(device, learner.Policy, count, trained: false).Forward(learner.ActorParameters, x);
        float[] actions = new float[count * spec.ActionSize];
        device.Download(output, actions);
        return actions;
    }

    /// <summary>Q of the agent that earns 1 at every step, learned from rows that <paramref name="plant"/> has spoilt.</summary>
    private static double ValueOfEarning(Row plant)
    {
        using IKernelDevice device = KernelDevices.Create("cpu", 1);
        using var learner = new Td3Learner(
            PaperOptions.Td3 with { BatchSize = 40, HiddenSizes = [16], LearningRate = 3e-3, ActorLearningRate = 1e-4, Tau = 0.05f, PolicyDelay = 1 },
            Spec,
            device);
        using var batch = new BatchBuffer(Spec, 40);
        for (int update = 0; update < 2500; update++)
        {
            Fill(batch, (ulong)update, static row => row % 2 == 0 ? 1 : -1);
            for (int row = 0; row < batch.Count; row++)
            {
                plant(batch, row, batch.Observations[row]);
            }

            learner.Update(batch.View);
        }

        Fill(batch, 9999, static _ => 1);
        return learner.Update(batch.View)[ReportSlot.MeanQ];
    }

    private static void Fill(BatchBuffer batch, ulong number, Func<int, float> agent)
    {
        Philox.Uniforms(1, NoiseStream.Exploration, number, batch.Actions);
        for (int row = 0; row < batch.Count; row++)
        {
            batch.Actions[row] = (2 * batch.Actions[row]) - 1;
            batch.Observations[row] = batch.NextObservations[row] = agent(row);
            batch.Rewards[row] = agent(row) > 0 ? 1 : 0;
            batch.Discounts[row] = Gamma;
        }
    }

    private static double Correlation(float[] x, float[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double Moment(float[] a, double meanA, float[] b, double meanB) => a.Zip(b, (p, q) => (p - meanA) * (q - meanB)).Sum();
        return Moment(x, meanX, y, meanY) / Math.Sqrt(Moment(x, meanX, x, meanX) * Moment(y, meanY, y, meanY));
    }
}
