using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Kernels;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>Nothing allocates, nothing that is no number passes, nothing out of range is accepted.</summary>
public sealed class LearnerGuardTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    private static IEnumerable<LearnerOptions> AllOptions =>
    [
        PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 16], NormalizeObservations = true, LayerNormCritics = true },
        PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [16, 16] },
    ];

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void An_update_allocates_nothing(DeviceUnderTest kind)
    {
        foreach (LearnerOptions options in AllOptions)
        {
            using IKernelDevice device = kind.Create();
            using ILearner learner = LearnerFactory.Create(options, Spec, device);
            using BatchBuffer batch = Batches.Random(Spec, 8, 0);
            float[] block = new float[learner.Policy.BlockLength];
            // More turns than the policy is averaged or delayed over.
            Allocations.AssertNone(25, () => Update(learner, batch, block), options.GetType().Name);
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void A_number_that_is_none_stops_the_learner_with_its_name_and_update(DeviceUnderTest kind)
    {
        foreach (LearnerOptions options in AllOptions)
        {
            using IKernelDevice device = kind.Create();
            using ILearner learner = LearnerFactory.Create(options, Spec, device);
            using BatchBuffer good = Batches.Random(Spec, 8, 0), bad = Batches.Random(Spec, 8, 1);
            learner.Update(good.View);
            byte[] before = Bytes(learner);
            bad.Rewards[3] = float.NaN;
            Assert.That(
                () => learner.Update(bad.View),
                Throws.TypeOf<LearnerDivergedException>().With.Message.Contains("batch.rewards[3] is NaN at update 2"));
            bad.Rewards[3] = 0;
            bad.NextObservations[39] = float.NegativeInfinity;
            Assert.That(
                () => learner.Update(bad.View),
                Throws.TypeOf<LearnerDivergedException>().With.Message.Contains("batch.next_observations[39] is -Infinity at update 2"));
            Assert.That(Bytes(learner), Is.EqualTo(before), "a refused batch changes nothing");

            bad.NextObservations[39] = 0;
            bad.Rewards[3] = 3e38f;
            Assert.That(
                () => learner.Update(bad.View),
                Throws.TypeOf<LearnerDivergedException>().With.Message.Contains("loss is").And.Message.Contains("at update 2"));
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void A_weight_that_is_no_number_is_neither_published_nor_saved(DeviceUnderTest kind)
    {
        using IKernelDevice device = kind.Create();
        using var learner = new SacLearner(PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 16] }, Spec, device);
        foreach (int at in new[] { 0, 7 })
        {
            float[] weights = new float[5 * 16];
            weights[at] = float.NaN;
            device.Upload(weights, learner.ActorParameters[0]);

            Assert.That(
                () => learner.CopyPolicy(new float[learner.Policy.BlockLength]),
                Throws.TypeOf<LearnerDivergedException>().With.Message.Contains($"actor.0.weight[{at}] is NaN at update 0"));
            Assert.That(
                () => learner.SaveState(new StateDictionary()),
                Throws.TypeOf<LearnerDivergedException>().With.Message.Contains($"actor.0.weight[{at}] is NaN after update 0"));
        }
    }

    [Test]
    public void A_batch_of_another_size_is_refused()
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using ILearner learner = LearnerFactory.Create(PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [4] }, Spec, device);
        using BatchBuffer count = Batches.Random(Spec, 7, 0), size = Batches.Random(new TransitionSpec(5, 3), 8, 0);

        Assert.That(
            () => learner.Update(count.View),
            Throws.ArgumentException.With.Message.Contains("made for batches of 8").And.Message.Contains("not of 7"));
        Assert.That(() => learner.Update(size.View), Throws.ArgumentException.With.Message.Contains("made for batches of 8"));
    }

    private static IEnumerable<TestCaseData> BadOptions =>
    [
        new TestCaseData(PaperOptions.Sac with { BatchSize = 0 }, "The learner's batch_size is 0, and must be a whole number from 1 to 65536."),
        new TestCaseData(PaperOptions.Sac with { HiddenSizes = [] }, "hidden sizes are []"),
        new TestCaseData(PaperOptions.Sac with { HiddenSizes = [8, 0] }, "hidden sizes are [8, 0]"),
        new TestCaseData(PaperOptions.Sac with { ActorLearningRate = double.NaN }, "actor_learning_rate is NaN"),
        new TestCaseData(PaperOptions.Sac with { LearningRate = -1 }, "learning_rate is -1, and must be a number above 0 up to 1."),
        new TestCaseData(PaperOptions.Sac with { AlphaLearningRate = double.PositiveInfinity }, "entcoef_learning_rate"),
        new TestCaseData(PaperOptions.Sac with { Tau = 0 }, "tau is 0"),
        new TestCaseData(PaperOptions.Sac with { Tau = 1.5f }, "tau is 1.5"),
        new TestCaseData(PaperOptions.Sac with { InitialAlpha = 0 }, "init_entcoef is 0"),
        new TestCaseData(PaperOptions.Sac with { TargetEntropy = float.NaN }, "target_entropy is NaN"),
        new TestCaseData(PaperOptions.Sac with { MaximumGradientNorm = -1 }, "max_grad_norm is -1"),
        new TestCaseData(PaperOptions.Sac with { RewardScale = 0 }, "strength is 0"),
        new TestCaseData(PaperOptions.Td3 with { PolicyDelay = 0 }, "policy_delay is 0"),
        new TestCaseData(PaperOptions.Td3 with { SmoothingSigma = -0.1f }, "target_noise is -0.1"),
        new TestCaseData(PaperOptions.Td3 with { SmoothingClip = float.NaN }, "target_noise_clip is NaN"),
    ];

    [TestCaseSource(nameof(BadOptions))]
    public void An_option_out_of_range_is_one_sentence_for_the_user(LearnerOptions options, string expected)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);

        Assert.That(() => LearnerFactory.Create(options, Spec, device), Throws.TypeOf<InputException>().With.Message.Contains(expected));
    }

    [Test]
    public void An_unknown_device_is_one_sentence_for_the_user() =>
        Assert.That(() => KernelDevices.Create("abacus", 1), Throws.TypeOf<InputException>().With.Message.Contains("'abacus'"));

    private static void Update(ILearner learner, BatchBuffer batch, float[] block)
    {
        learner.Update(batch.View);
        learner.CopyPolicy(block);
    }

    private static byte[] Bytes(ILearner learner)
    {
        var state = new StateDictionary();
        learner.SaveState(state);
        return [.. state.Tensors.SelectMany(tensor => tensor.Data.ToArray())];
    }
}
