using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Learner;
using Reacher.Fast.Torch.Learner;

namespace Reacher.Fast.Torch.Tests.Learner;

/// <summary>A run goes from our own device to TorchSharp and back: what no update lay between is equal to the bit.</summary>
public sealed class TorchLearnerStateTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    private static readonly LearnerOptions[] All =
    [
        PaperOptions.Sac with
        {
            BatchSize = 8, HiddenSizes = [16, 12], LayerNormCritics = true, NormalizeObservations = true, NormalizeRewards = true,
            MaximumGradientNorm = 1, PolicyDelay = 2, PolicyAveraging = 0.01f, Seed = 3,
        },
        PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 16], RewardScale = 3 },
        PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [16, 16], NormalizeObservations = true, Seed = 4 },
    ];

    [TestCaseSource(nameof(All))]
    public void It_begins_with_the_weights_of_our_own_learner(LearnerOptions options)
    {
        using OwnLearner own = Own(options);
        using TorchLearner torch = Torch(options);
        AssertEqual(State(torch), State(own));
        AssertPoliciesEqual(torch, own);
    }

    [TestCaseSource(nameof(All))]
    public void A_checkpoint_passes_through_to_the_bit(LearnerOptions options)
    {
        using OwnLearner before = Own(options), after = Own(options with { Seed = 98 });
        using TorchLearner torch = Torch(options with { Seed = 99 });
        Run(before, 0, 7);
        torch.LoadState(State(before));
        AssertEqual(State(torch), State(before));
        AssertPoliciesEqual(torch, before);
        after.LoadState(State(torch));
        AssertEqual(State(after), State(before));
        Assert.That(State(after).Metadata, Is.EqualTo(State(before).Metadata));
    }

    [TestCaseSource(nameof(All))]
    public void A_run_that_went_to_TorchSharp_and_back_reports_what_one_that_stayed_reports(LearnerOptions options)
    {
        using OwnLearner stayed = Own(options), before = Own(options), after = Own(options);
        using TorchLearner torch = Torch(options);
        LearnerReport[] expected = [.. Run(stayed, 0, 10), .. Run(stayed, 10, 10), .. Run(stayed, 20, 10)];
        List<LearnerReport> went = [.. Run(before, 0, 10)];
        torch.LoadState(State(before));
        went.AddRange(Run(torch, 10, 10));
        after.LoadState(State(torch));
        went.AddRange(Run(after, 20, 10));
        for (int update = 0; update < expected.Length; update++)
        {
            for (int slot = 0; slot < ReportSlot.Count; slot++)
            {
                float figure = expected[update][slot];
                Assert.That(
                    went[update][slot], Is.EqualTo(figure).Within(1e-4 * Math.Max(0.1, Math.Abs(figure))), $"update {update + 1}, slot {slot}");
            }
        }
    }

    [TestCaseSource(nameof(All))]
    public void A_resumed_learner_continues_to_the_bit(LearnerOptions options)
    {
        using TorchLearner learner = Torch(options), resumed = Torch(options with { Seed = 99 });
        Run(learner, 0, 7);
        resumed.LoadState(State(learner));
        Assert.That(Run(resumed, 7, 6), Is.EqualTo(Run(learner, 7, 6)));
        AssertEqual(State(resumed), State(learner));
        Assert.That(resumed.Updates, Is.EqualTo(13));
    }

    [TestCaseSource(nameof(All))]
    public void A_checkpoint_that_lacks_any_one_tensor_leaves_the_learner_as_it_was(LearnerOptions options)
    {
        using TorchLearner learner = Torch(options), other = Torch(options with { Seed = 50 });
        Run(other, 0, 3);
        StateDictionary whole = State(other), before = State(learner);
        foreach (StateTensor missing in whole.Tensors)
        {
            var partial = new StateDictionary();
            foreach ((string key, string value) in whole.Metadata)
            {
                partial.Metadata[key] = value;
            }

            foreach (StateTensor tensor in whole.Tensors.Where(tensor => tensor != missing))
            {
                partial.Add(tensor);
            }

            Assert.That(() => learner.LoadState(partial), Throws.TypeOf<InputException>().With.Message.Contains($"'{missing.Name}'"));
        }

        AssertEqual(State(learner), before);
    }

    [Test]
    public void A_learning_rate_scale_is_that_of_our_own_learner()
    {
        LearnerOptions options = All[1];
        using OwnLearner own = Own(options);
        using TorchLearner torch = Torch(options);
        own.LearningRateScale = torch.LearningRateScale = 0.25f;
        LearnerReport expected = Run(own, 0, 20)[^1], report = Run(torch, 0, 20)[^1];
        Assert.That(report[ReportSlot.MeanQ], Is.EqualTo(expected[ReportSlot.MeanQ]).Within(1e-5));
        Assert.That(() => torch.LearningRateScale = float.NaN, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_batch_that_is_no_number_and_one_of_another_size_are_refused()
    {
        using TorchLearner learner = Torch(All[1]);
        using BatchBuffer batch = Batches.Random(Spec, 8, 1), other = Batches.Random(Spec, 9, 1);
        batch.Actions[3] = float.NaN;
        Assert.That(() => learner.Update(batch.View), Throws.TypeOf<LearnerDivergedException>().With.Message.Contains("batch.actions[3] is NaN"));
        Assert.That(() => learner.Update(other.View), Throws.ArgumentException);
        Assert.That(learner.Updates, Is.Zero);
    }

    private static OwnLearner Own(LearnerOptions options) => new(options, Spec);

    private static TorchLearner Torch(LearnerOptions options) => new(options, Spec, TorchDevice.Create("torch", threads: 1));

    private static LearnerReport[] Run(ILearner learner, int from, int count) => [.. Enumerable.Range(from, count).Select(update =>
    {
        using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)update);
        return learner.Update(batch.View);
    })];

    private static StateDictionary State(ILearner learner)
    {
        var state = new StateDictionary();
        learner.SaveState(state);
        return state;
    }

    private static void AssertEqual(StateDictionary state, StateDictionary expected)
    {
        Assert.That(state.Tensors.Select(tensor => tensor.Name), Is.EquivalentTo(expected.Tensors.Select(tensor => tensor.Name)));
        foreach (StateTensor tensor in expected.Tensors)
        {
            StateTensor other = state.Get(tensor.Name, tensor.Type, [.. tensor.Shape]);
            Assert.That(other.Data.Span.SequenceEqual(tensor.Data.Span), tensor.Name);
        }
    }

    private static void AssertPoliciesEqual(TorchLearner learner, OwnLearner expected)
    {
        Assert.That(learner.Policy, Is.EqualTo(expected.Policy));
        float[] block = new float[expected.Policy.BlockLength], other = new float[block.Length];
        expected.CopyPolicy(block);
        learner.CopyPolicy(other);
        Assert.That(other, Is.EqualTo(block));
        expected.CopyActingPolicy(block);
        learner.CopyActingPolicy(other);
        Assert.That(other, Is.EqualTo(block));
    }
}
