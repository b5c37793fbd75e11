using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Tests.Interop;
using Reacher.Fast.Torch.Batch;
using Reacher.Fast.Torch.Kernels;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Loading;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Batch;

/// <summary>
/// Pages on their way to a GPU into the memory that TorchSharp's tensors view: what an update reads is its own batch, however late each stream is,
/// and none of the ring's waits can be spared. The GPU is the emulated one.
/// </summary>
[NonParallelizable]
public sealed class TorchGpuRingTests
{
    private const int Seeds = 12, Updates = 8, Count = 6;
    private static readonly TransitionSpec Spec = new(3, 1);

    [SetUp]
    public void Prepare()
    {
        FakeDriver.Require();
        TorchLibrary.Require(cuda: false);
        Assert.That(CudaProbe.Describe().IsAvailable);
    }

    [TearDown]
    public void Eager()
    {
        if (CudaProbe.Describe().IsAvailable)
        {
            FakeDriver.IgnoreWaits(0);
            FakeDriver.Streams(0);
        }
    }

    [Test]
    public void Every_update_reads_its_own_batch()
    {
        long before = FakeDriver.Live;
        for (int seed = 0; seed < Seeds; seed++)
        {
            Assert.That(WrongUpdates(seed, ignoredWaits: 0), Is.Zero, $"streams {seed}");
        }

        FakeDriver.Streams(0);
        Assert.That(FakeDriver.Live, Is.EqualTo(before));
    }

    [TestCase(1, TestName = "{m}(an update begins before its page has crossed)")]
    [TestCase(2, TestName = "{m}(a page crosses into memory that an update still reads)")]
    [TestCase(3, TestName = "{m}(the host fills a page that is still crossing)")]
    public void A_wait_that_is_left_out_is_noticed(int wait)
    {
        int wrong = Enumerable.Range(1, Seeds).Sum(seed => WrongUpdates(seed, wait));
        TestContext.Out.WriteLine($"{wrong} of {Seeds * Updates} updates read something else");
        Assert.That(wrong, Is.GreaterThan(0));
    }

    [Test]
    public void Only_a_page_that_is_still_crossing_is_waited_for_and_nothing_is_allocated()
    {
        using CudaContext context = CudaContext.Retain(0);
        using var stream = new CudaStream(context);
        using var ring = new TorchBatchRing(Spec, Count, context, stream, torch.CPU);
        long waits = FakeDriver.Calls("cuEventSynchronize");
        Turn();
        Turn();
        Assert.That(FakeDriver.Calls("cuEventSynchronize"), Is.EqualTo(waits));
        Assert.That(Allocations.Least(10, Turn), Is.Zero);

        void Turn()
        {
            ring.Take();
            ring.Send();
            ring.Release();
        }
    }

    // Each update's batch has the update's number for rewards, and its targets, with no discount, are the rewards.
    private static int WrongUpdates(int seed, int ignoredWaits)
    {
        FakeDriver.Streams(seed);
        using CudaContext context = CudaContext.Retain(0);
        using var stream = new CudaStream(context);
        using Tensor zeros = torch.zeros(Count, 1);
        var targets = new List<TorchTargets>();
        var ys = new List<Tensor>();
        using (var ring = new TorchBatchRing(Spec, Count, context, stream, torch.CPU))
        {
            FakeDriver.IgnoreWaits(ignoredWaits, stream.Value);
            for (int update = 0; update < Updates; update++)
            {
                TorchPage page = ring.Take();
                page.Batch.Rewards.Fill(update);
                page.Batch.Discounts.Clear();
                TorchBatch batch = ring.Send();
                targets.Add(new TorchTargets(Count, context, stream, torch.CPU));
                ys.Add(targets[^1].Td3(batch.Rewards, batch.Discounts, zeros, zeros));
                ring.Release();
            }

            FakeDriver.IgnoreWaits(0);
        }

        int wrong = ys.Where((y, update) => TensorCodec.Read(y).Any(value => value != update)).Count();
        targets.ForEach(target => target.Dispose());
        return wrong;
    }
}
