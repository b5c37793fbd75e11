using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>The averaged policy follows the trained one, and changes nothing of what is learned.</summary>
public sealed class PolicyAveragingTests
{
    private static readonly TransitionSpec Spec = new(3, 2);

    [Test]
    public void The_average_moves_by_its_share_and_training_is_the_same()
    {
        const float share = 0.25f;
        (float[] trained, float[] before) = (Train(averaging: 0, updates: 1), Train(averaging: 0, updates: 0));
        float[] averaged = Train(share, updates: 1);
        for (int i = 0; i < averaged.Length; i++)
        {
            Assert.That(averaged[i], Is.EqualTo(before[i] + (share * (trained[i] - before[i]))).Within(1e-6f));
        }

        Assert.That(averaged, Is.Not.EqualTo(trained));
    }

    [Test]
    public void A_checkpoint_holds_both_and_a_policy_is_read_from_the_average()
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using ILearner learner = LearnerFactory.Create(Options(0.25f), Spec, device);
        Update(learner, 3);
        var state = new StateDictionary();
        learner.SaveState(state);
        PolicySpec spec = PolicyFile.FromState(state, "test", out float[] block);
        float[] published = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(published);
        Assert.That(spec, Is.EqualTo(learner.Policy));
        Assert.That(block, Is.EqualTo(published));
        Assert.That(state.GetFloats("actor.0.bias", 8).ToArray(), Is.Not.EqualTo(state.GetFloats("target_actor.0.bias", 8).ToArray()));
    }

    private static float[] Train(float averaging, int updates)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using ILearner learner = LearnerFactory.Create(Options(averaging), Spec, device);
        Update(learner, updates);
        float[] block = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(block);
        return block;
    }

    private static SacOptions Options(float averaging) =>
        PaperOptions.Sac with { HiddenSizes = [8, 8], BatchSize = 4, Seed = 3, PolicyAveraging = averaging };

    private static void Update(ILearner learner, int updates)
    {
        using var batch = new BatchBuffer(Spec, 4);
        var random = new Random(1);
        for (int update = 0; update < updates; update++)
        {
            foreach (ref float value in batch.Observations)
            {
                value = random.NextSingle();
            }

            foreach (ref float value in batch.Actions)
            {
                value = (2 * random.NextSingle()) - 1;
            }

            batch.Rewards.Fill(0.5f);
            batch.Discounts.Fill(0.9f);
            batch.Observations.CopyTo(batch.NextObservations);
            learner.Update(batch.View);
        }
    }
}
