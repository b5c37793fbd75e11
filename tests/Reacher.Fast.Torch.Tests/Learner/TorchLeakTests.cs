using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Learner;
using Reacher.Fast.Torch.Learner;
using TorchSharp;

namespace Reacher.Fast.Torch.Tests.Learner;

/// <summary>However many updates are made, tensors and memory stay as many.</summary>
public sealed class TorchLeakTests
{
    private static readonly TransitionSpec Spec = new(3, 1);

    [TestCase(1_200)]
    [TestCase(100_000, Category = "Stress", Explicit = true, Reason = "Minutes: --filter TestCategory=Stress")]
    [TestCase(1_000_000, Category = "Stress", Explicit = true, Reason = "Half an hour: --filter TestCategory=Stress")]
    public void Updates_leave_nothing_behind(int updates)
    {
        LearnerOptions options = PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [8], LearningRate = 1e-4, PolicyAveraging = 0.01f };
        using var learner = new TorchLearner(options, Spec, TorchDevice.Create("torch", threads: 1));
        using BatchBuffer batch = Batches.Random(Spec, 8, 1);
        Run(updates / 2);
        (long tensors, long heap, long resident) = Measure();
        Run(updates / 2);
        (long tensorsAfter, long heapAfter, long residentAfter) = Measure();
        TestContext.Out.WriteLine(
            $"after {updates / 2} and {updates}: {tensors} and {tensorsAfter} tensors, {heap >> 10} and {heapAfter >> 10} KiB managed, " +
            $"{resident >> 10} and {residentAfter >> 10} KiB resident");
        Assert.That(tensorsAfter, Is.EqualTo(tensors));
        Assert.That(heapAfter - heap, Is.LessThan(1 << 20));
        Assert.That(residentAfter - resident, Is.LessThan(16 << 20));

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                learner.Update(batch.View);
            }
        }
    }

    private static (long Tensors, long Heap, long Resident) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (torch.Tensor.TotalCount, GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
