using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Interop;
using Reacher.Fast.Core.Tests.Learner;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>Batches from the host through the ring of page-locked pages, and the training loop over it, with streams that dawdle.</summary>
public sealed class CudaRingTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    [TearDown]
    public void Eager() => FakeDriver.Streams(0);

    [Test]
    public void Updates_through_the_ring_are_the_updates_one_by_one_to_the_bit([Values] bool td3, [Values(0, 1, 2, 3, 4, 5, 6, 7)] int streams)
    {
        FakeDriver.Require();
        long before = FakeDriver.Live;
        FakeDriver.Streams(streams);
        LearnerOptions options = td3
            ? PaperOptions.Td3 with { BatchSize = 12, HiddenSizes = [16, 16], Seed = 4, RewardScale = 2 }
            : PaperOptions.Sac with { BatchSize = 12, HiddenSizes = [16, 16], Seed = 4, PolicyAveraging = 0.1f };
        Assert.That(ThroughRing(options, perLaunch: 2, launches: 6), Is.EqualTo(OneByOne(options, updates: 12)));
        FakeDriver.Streams(0);
        Assert.That(FakeDriver.Live, Is.EqualTo(before));
    }

    [Test]
    public void Running_statistics_move_once_a_launch()
    {
        FakeDriver.Require();
        var options = PaperOptions.Sac with { BatchSize = 12, HiddenSizes = [16], Seed = 4, NormalizeObservations = true, NormalizeRewards = true };
        Assert.That(ThroughRing(options, perLaunch: 1, launches: 6), Is.EqualTo(OneByOne(options, updates: 6)));
    }

    [Test]
    public void Nothing_waits_while_a_page_is_free()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        using var ring = new CudaBatchRing(device, Spec, 4, batchesPerPage: 1);
        using BatchBuffer batch = Batches.Random(Spec, 4, 0);
        long waits = FakeDriver.Calls("cuStreamSynchronize") + FakeDriver.Calls("cuEventSynchronize");
        Fill(2);

        Assert.That(FakeDriver.Calls("cuStreamSynchronize") + FakeDriver.Calls("cuEventSynchronize"), Is.EqualTo(waits));
        Assert.That(Allocations.Of(() => Fill(10)), Is.Zero);
        Assert.That(FakeDriver.Calls("cuEventSynchronize"), Is.EqualTo(waits + 10),
            "a third page waits for the first, on the host, and for nothing else");

        void Fill(int pages)
        {
            for (int page = 0; page < pages; page++)
            {
                ring.Add(batch.View, batch.Rewards);
                ring.Submit();
            }
        }
    }

    [Test]
    public void A_page_is_sent_full_and_filled_once()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        using var ring = new CudaBatchRing(device, Spec, 4, batchesPerPage: 2);
        using BatchBuffer batch = Batches.Random(Spec, 4, 0), other = Batches.Random(Spec, 5, 0);
        Assert.That(ring.Submit, Throws.InvalidOperationException);
        Assert.That(() => ring.Add(other.View, other.Rewards), Throws.ArgumentException);
        ring.Add(batch.View, batch.Rewards);
        ring.Add(batch.View, batch.Rewards);
        Assert.That(() => ring.Add(batch.View, batch.Rewards), Throws.InvalidOperationException);
    }

    private static float[] ThroughRing(LearnerOptions options, int perLaunch, int launches)
    {
        using var device = new CudaKernelDevice();
        using var learner = LearnerFactory.CreateOffPolicy(options, Spec, device);
        using var ring = new CudaBatchRing(device, Spec, options.BatchSize, perLaunch);
        using var training = new CudaTraining(learner, device, ring, perLaunch);
        float[] rewards = new float[options.BatchSize], acting = new float[learner.Policy.BlockLength], published = new float[acting.Length];
        for (int update = 0; update < perLaunch * launches; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, options.BatchSize, (ulong)update);
            learner.Observe(batch.View, rewards);
            ring.Add(batch.View, rewards);
            if (ring.IsFull)
            {
                ring.Submit();
                training.Launch();
            }
        }

        Assert.That(training.TryQueuePolicies(), Is.True);
        int asked = 0;
        while (!training.TryTakePolicies(acting, published, out _))
        {
            Assert.That(asked++, Is.LessThan(10), "the snapshot never arrives");
        }

        return [.. acting, .. published];
    }

    private static float[] OneByOne(LearnerOptions options, int updates)
    {
        using var device = new CudaKernelDevice();
        using var learner = LearnerFactory.CreateOffPolicy(options, Spec, device);
        for (int update = 0; update < updates; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, options.BatchSize, (ulong)update);
            learner.Update(batch.View);
        }

        float[] acting = new float[learner.Policy.BlockLength], published = new float[acting.Length];
        learner.CopyActingPolicy(acting);
        learner.CopyPolicy(published);
        return [.. acting, .. published];
    }
}
