using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Learner;
using Reacher.Fast.Torch.Batch;
using Reacher.Fast.Torch.Interop;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Loading;

namespace Reacher.Fast.Torch.Tests.Batch;

/// <summary>On the processor the page that the sampler fills is what the update reads: one memory, wrapped once.</summary>
public sealed class TorchBatchRingTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    [Test]
    public void Tensors_view_the_page_that_is_filled()
    {
        TorchLibrary.Require(cuda: false);
        using var ring = new TorchBatchRing(Spec, 8);
        TorchPage page = ring.Take();
        using BatchBuffer batch = Batches.Random(Spec, 8, 1);
        Fill(page.Batch, batch);
        page.TargetNoise.Fill(7);
        page.PolicyNoise.Fill(8);
        page.Normalization.Fill(9);
        TorchBatch sent = ring.Send();
        Assert.That(sent.Observations.data<float>().ToArray(), Is.EqualTo(batch.Observations.ToArray()));
        Assert.That(sent.Actions.data<float>().ToArray(), Is.EqualTo(batch.Actions.ToArray()));
        Assert.That(sent.Rewards.data<float>().ToArray(), Is.EqualTo(batch.Rewards.ToArray()));
        Assert.That(sent.Discounts.data<float>().ToArray(), Is.EqualTo(batch.Discounts.ToArray()));
        Assert.That(sent.NextObservations.data<float>().ToArray(), Is.EqualTo(batch.NextObservations.ToArray()));
        Assert.That(sent.TargetNoise.data<float>().ToArray(), Is.EqualTo(Enumerable.Repeat(7f, 16)));
        Assert.That(sent.PolicyNoise.data<float>().ToArray(), Is.EqualTo(Enumerable.Repeat(8f, 16)));
        Assert.That(sent.Mean.data<float>().ToArray().Concat(sent.Scale.data<float>().ToArray()), Is.All.EqualTo(9));
        Assert.That(sent.Observations.shape, Is.EqualTo(new long[] { 8, 5 }));

        page.Batch.Observations[3] = 5;
        Assert.That(sent.Observations.data<float>()[3], Is.EqualTo(5), "what is written is seen: nothing was copied");
        ring.Release();
        Assert.That(TorchShim.AddressOf(ring.Send().Observations), Is.EqualTo(TorchShim.AddressOf(sent.Observations)));
    }

    [Test]
    public void A_batchs_way_makes_no_garbage()
    {
        TorchLibrary.Require(cuda: false);
        using var ring = new TorchBatchRing(Spec, 8);
        using BatchBuffer batch = Batches.Random(Spec, 8, 1);
        Allocations.AssertNone(100, () =>
        {
            Fill(ring.Take().Batch, batch);
            ring.Send();
            ring.Release();
        });
    }

    [Test]
    public void An_update_on_the_learners_own_page_is_the_update_on_a_batch_of_somebody_else()
    {
        LearnerOptions options = PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16], RewardScale = 2, NormalizeRewards = true };
        using var own = new TorchLearner(options, Spec, TorchDevice.Create("torch", threads: 1));
        using var other = new TorchLearner(options, Spec, TorchDevice.Create("torch", threads: 1));
        for (ulong update = 0; update < 5; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, 8, update);
            BatchBuffer page = own.TakePage();
            Fill(page, batch);
            Assert.That(own.Update(page.View), Is.EqualTo(other.Update(batch.View)));
        }
    }

    private static void Fill(BatchBuffer page, BatchBuffer batch)
    {
        batch.Observations.CopyTo(page.Observations);
        batch.Actions.CopyTo(page.Actions);
        batch.Rewards.CopyTo(page.Rewards);
        batch.Discounts.CopyTo(page.Discounts);
        batch.NextObservations.CopyTo(page.NextObservations);
    }
}
