using Reacher.Fast.Core.Batch;
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
