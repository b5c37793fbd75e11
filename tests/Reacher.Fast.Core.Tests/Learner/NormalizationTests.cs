using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Core.Tests.Learner;

public sealed class NormalizationTests
{
    [Test]
    public void Merged_batches_have_the_mean_and_variance_of_all_their_observations_at_once()
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        var normalizer = new ObservationNormalizer(device, 3, enabled: true);
        List<float> all = [];
        for (ulong i = 0; i < 20; i++)
        {
            float[] observations = new float[3 * (5 + (int)i)];
            Philox.Normals(1, NoiseStream.Exploration, i, observations);
            for (int at = 0; at < observations.Length; at++)
            {
                // Column 0 drifts, column 1 is far from 0 beside its deviation, column 2 never changes.
                observations[at] = (at % 3) switch { 0 => (observations[at] * 3) + i, 1 => observations[at] + 1000, _ => 0.7f };
            }

            all.AddRange(observations);
            normalizer.Merge(observations);
        }

        float[] block = new float[6];
        Assert.That(normalizer.CopyTo(block), Is.EqualTo(6));
        for (int column = 0; column < 3; column++)
        {
            double[] values = [.. all.Where((_, at) => at % 3 == column).Select(value => (double)value)];
            double mean = values.Average(), variance = values.Average(value => (value - mean) * (value - mean));
            Assert.That((double)block[column], Is.EqualTo(mean).Within(1e-6 * Math.Max(1, Math.Abs(mean))));
            Assert.That((double)block[3 + column], Is.EqualTo(1 / Math.Sqrt(variance + 1e-6)).Within(1e-5).Percent);
        }
    }

    [Test]
    public void Observations_are_left_as_they_are_before_the_first_batch()
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        float[] block = new float[5];
        Assert.That(new ObservationNormalizer(device, 2, enabled: true).CopyTo(block), Is.EqualTo(4));
        Assert.That(block, Is.EqualTo(new float[] { 0, 0, 1, 1, 0 }), "means, scales, and nothing behind them");
    }

    [Test]
    public void Statistics_taken_from_a_checkpoint_are_on_the_device_at_once()
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        ObservationNormalizer saved = new(device, 2, enabled: true), restored = new(device, 2, enabled: true);
        saved.Merge([1, 10, 3, 50, 8, 30]);
        var state = new StateDictionary();
        saved.SaveState(state);
        restored.StageState(state)();

        Assert.That(Normalised(restored), Is.EqualTo(Normalised(saved)));

        float[] Normalised(ObservationNormalizer normalizer)
        {
            Tensor x = device.Allocate("x", new TensorShape("x", 1, 1, 2))[0];
            float[] values = [4, 20];
            device.Upload(values, x);
            normalizer.Normalize(x);
            device.Download(x, values);
            return values;
        }
    }

    [Test]
    public void A_learner_that_normalises_learns_from_normalised_observations_and_successors([Values] bool sac)
    {
        // The batch as the statistics of this batch alone normalise it, for a learner that does not.
        var spec = new TransitionSpec(3, 1);
        LearnerOptions paper = sac ? PaperOptions.Sac : PaperOptions.Td3;
        LearnerOptions options = paper with { PolicyDelay = 1, BatchSize = 8, HiddenSizes = [8] };
        using IKernelDevice one = KernelDevices.Create("scalar", 1), other = KernelDevices.Create("scalar", 1);
        using ILearner normalising = LearnerFactory.Create(options with { NormalizeObservations = true }, spec, one);
        using ILearner plain = LearnerFactory.Create(options, spec, other);
        using BatchBuffer batch = Batches.Random(spec, 8, 0), normalised = Batches.Random(spec, 8, 0);
        LearnerReport report = normalising.Update(batch.View);
        float[] block = new float[normalising.Policy.BlockLength];
        normalising.CopyPolicy(block);
        for (int i = 0; i < batch.Observations.Length; i++)
        {
            (float mean, float scale) = (block[i % 3], block[3 + (i % 3)]);
            normalised.Observations[i] = (batch.Observations[i] - mean) * scale;
            normalised.NextObservations[i] = (batch.NextObservations[i] - mean) * scale;
        }

        Assert.That(plain.Update(normalised.View).Values.ToArray(), Is.EqualTo(report.Values.ToArray()).Within(1e-5));
    }

    [Test]
    public void Running_reward_scaling_brings_the_root_mean_square_to_one_and_subtracts_nothing()
    {
        var scaling = new RewardScaling(scale: 2, running: true);
        float[] rewards = new float[100], scaled = new float[100];
        for (ulong i = 0; i < 50; i++)
        {
            Philox.Uniforms(1, NoiseStream.Exploration, i, rewards);
            rewards[0] = 0;
            rewards[1] *= -1;
            scaling.Apply(rewards, scaled);
            Assert.That(scaled[0], Is.Zero, "a mean subtracted would move it");
            Assert.That(scaled[1], Is.LessThanOrEqualTo(0));
        }

        double meanSquare = scaled.Average(value => (double)value * value);
        Assert.That(Math.Sqrt(meanSquare), Is.EqualTo(2).Within(10).Percent);
    }

    [Test]
    public void Rewards_that_have_all_been_zero_do_not_turn_the_first_other_one_into_a_giant()
    {
        var scaling = new RewardScaling(scale: 1, running: true);
        float[] rewards = new float[1000], scaled = new float[1000];
        rewards[7] = 0.04f;
        scaling.Apply(rewards, scaled);

        Assert.That(scaled[7], Is.EqualTo(4).Within(1e-6), "divided by 0.01, not by the root mean square 0.0013");
    }

    [Test]
    public void A_reward_scale_is_the_same_as_scaled_rewards()
    {
        var spec = new TransitionSpec(3, 1);
        var options = PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [8] };
        using IKernelDevice one = KernelDevices.Create("scalar", 1), other = KernelDevices.Create("scalar", 1);
        using var scaled = new SacLearner(options with { RewardScale = 4 }, spec, one);
        using var plain = new SacLearner(options, spec, other);
        for (ulong i = 0; i < 5; i++)
        {
            using BatchBuffer batch = Batches.Random(spec, 8, i), larger = Batches.Random(spec, 8, i);
            foreach (ref float reward in larger.Rewards)
            {
                reward *= 4;
            }

            Assert.That(scaled.Update(batch.View), Is.EqualTo(plain.Update(larger.View)));
        }
    }
}
