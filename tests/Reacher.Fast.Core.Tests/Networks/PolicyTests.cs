using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Tests.Kernels;
using Reacher.Fast.Core.Tests.Learner;

namespace Reacher.Fast.Core.Tests.Networks;

public sealed class PolicyTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    private static IEnumerable<TestCaseData> Cases =>
        from device in TestDevices.All
        from options in new LearnerOptions[]
        {
            PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 12], NormalizeObservations = true },
            PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [16, 12], NormalizeObservations = true },
            PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [7] },
        }
        select new TestCaseData(device.Arguments[0], options);

    [TestCaseSource(nameof(Cases))]
    public void It_computes_from_the_flat_block_what_the_formulas_say(DeviceUnderTest kind, LearnerOptions options)
    {
        using IKernelDevice device = kind.Create(), acting = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        float[] block = TrainedBlock(learner), observations = Normals(37 * 5), actions = new float[37 * 2];
        var policy = new Policy(learner.Policy, acting, batchSize: 16);
        policy.Load(block);
        policy.ActDeterministic(observations, 37, actions);

        for (int b = 0; b < 37; b++)
        {
            double[] expected = ReferencePolicy(learner.Policy, block, observations.AsSpan(b * 5, 5));
            Assert.That(actions[b * 2], Is.EqualTo(Math.Tanh(expected[0])).Within(1e-5));
            Assert.That(actions[(b * 2) + 1], Is.EqualTo(Math.Tanh(expected[1])).Within(1e-5));
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Exploration_has_the_deviation_asked_for_and_never_repeats(DeviceUnderTest kind, LearnerOptions options)
    {
        const int count = 2000;
        using IKernelDevice device = kind.Create(), acting = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        float[] block = TrainedBlock(learner);
        float[] observations = new float[count * 5], actions = new float[count * 2], again = new float[count * 2];
        var policy = new Policy(learner.Policy, acting, batchSize: 64);
        policy.Load(block);
        policy.ActExploring(observations, count, actions, 0.1f);
        policy.ActExploring(observations, count, again, 0.1f);
        double[] output = ReferencePolicy(learner.Policy, block, observations.AsSpan(0, 5));
        bool sac = learner.Policy.Kind == PolicyKind.SquashedGaussian;
        double sigma = sac ? Math.Exp(-5 + (3.5 * (Math.Tanh(output[2]) + 1))) : 0.1;
        double variance = 0;
        for (int b = 0; b < count; b++)
        {
            double noise = sac ? Math.Atanh(actions[2 * b]) - output[0] : actions[2 * b] - Math.Tanh(output[0]);
            variance += noise * noise / count;
        }

        // Variance of the variance of n normals is 2 / n; five deviations of it.
        Assert.That(variance / (sigma * sigma), Is.EqualTo(1).Within(5 * Math.Sqrt(2.0 / count)));
        Assert.That(again.Zip(actions).Count(pair => pair.First == pair.Second), Is.LessThan(5));
        Assert.That(actions.Distinct().Count(), Is.GreaterThan(count * 2 * 0.99), "pieces of one call draw other noise");
    }

    [TestCaseSource(nameof(Cases))]
    public void Acting_allocates_nothing(DeviceUnderTest kind, LearnerOptions options)
    {
        using IKernelDevice device = kind.Create(), acting = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        float[] block = TrainedBlock(learner), observations = Normals(37 * 5), actions = new float[37 * 2];
        var policy = new Policy(learner.Policy, acting, batchSize: 16);
        Allocations.AssertNone(20, () =>
        {
            policy.Load(block);
            policy.ActDeterministic(observations, 37, actions);
            policy.ActExploring(observations, 37, actions, 0.1f);
        });
    }

    [Test]
    public void Wrong_lengths_are_refused()
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        var policy = new Policy(new PolicySpec(PolicyKind.Deterministic, 5, 2, [4], false), device);

        Assert.That(() => policy.Load(new float[3]), Throws.ArgumentException);
        Assert.That(() => policy.ActDeterministic(new float[10], 3, new float[6]), Throws.ArgumentException);
        Assert.That(() => policy.ActExploring(new float[15], 3, new float[5], 0.1f), Throws.ArgumentException);
    }

    private static float[] TrainedBlock(ILearner learner)
    {
        for (int i = 0; i < 6; i++)
        {
            using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)i);
            learner.Update(batch.View);
        }

        float[] block = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(block);
        return block;
    }

    private static float[] Normals(int count)
    {
        float[] values = new float[count];
        Philox.Normals(1, NoiseStream.Exploration, 1, values);
        return values;
    }

    /// <summary>The last layer before its tanh, straight from the block's documented layout, in double.</summary>
    private static double[] ReferencePolicy(PolicySpec spec, float[] block, ReadOnlySpan<float> observation)
    {
        double[] x = new double[spec.ObservationSize];
        int at = spec.NormalizeObservations ? 2 * x.Length : 0;
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = at == 0 ? observation[i] : Math.Clamp((observation[i] - block[i]) * block[x.Length + i], -10, 10);
        }

        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            (int inputs, int outputs) = (spec.Inputs(layer), spec.Outputs(layer));
            double[] y = new double[outputs];
            for (int j = 0; j < outputs; j++)
            {
                y[j] = block[at + (inputs * outputs) + j];
                for (int i = 0; i < inputs; i++)
                {
                    y[j] += x[i] * block[at + (i * outputs) + j];
                }

                y[j] = layer < spec.LayerCount - 1 ? Math.Max(0, y[j]) : y[j];
            }

            (x, at) = (y, at + (inputs * outputs) + outputs);
        }

        return x;
    }
}
