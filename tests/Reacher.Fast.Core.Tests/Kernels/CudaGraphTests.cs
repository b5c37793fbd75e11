using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Interop;
using Reacher.Fast.Core.Tests.Learner;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>
/// Programs as graphs, and whole updates. The stand-in driver runs a graph's nodes in the most perverse order that their
/// dependencies allow, so a dependency that was not seen gives wrong numbers here.
/// </summary>
public sealed class CudaGraphTests
{
    private static readonly TransitionSpec Spec = new(11, 3);

    private static readonly LearnerOptions[] Learners =
    [
        PaperOptions.Sac with { BatchSize = 37, HiddenSizes = [40, 33], Seed = 5 },
        PaperOptions.Sac with
        {
            BatchSize = 16, HiddenSizes = [24], LayerNormCritics = true, MaximumGradientNorm = 0.5f, NormalizeObservations = true,
        },
        PaperOptions.Td3 with { BatchSize = 37, HiddenSizes = [40, 33], Seed = 6, MaximumGradientNorm = 1 },
    ];

    [Test]
    public void Fifty_updates_follow_the_reference([ValueSource(nameof(Learners))] LearnerOptions options, [Values] bool parallel)
    {
        FakeDriver.Require();
        using var scalar = new ScalarKernelDevice();
        using var cuda = new CudaKernelDevice(new CudaDeviceOptions(Parallel: parallel));
        using ILearner expected = LearnerFactory.Create(options, Spec, scalar), actual = LearnerFactory.Create(options, Spec, cuda);
        for (ulong update = 0; update < 50; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, options.BatchSize, update);
            LearnerReport reference = expected.Update(batch.View), report = actual.Update(batch.View);
            foreach (int slot in new[] { ReportSlot.CriticLoss, ReportSlot.Q1Loss, ReportSlot.Q2Loss })
            {
                Assert.That(report[slot], Is.EqualTo(reference[slot]).Within(0.1).Percent, $"{LearnerFigures.InSlot(slot).Words} of update {update}");
            }

            const int Target = ReportSlot.MeanTarget;
            Assert.That(report[Target], Is.EqualTo(reference[Target]).Within(1e-3), $"target of update {update}");
        }

        Assert.That(cuda.UpdateCounter, Is.EqualTo(scalar.UpdateCounter));
        float[] policy = new float[expected.Policy.BlockLength], cudaPolicy = new float[policy.Length];
        expected.CopyPolicy(policy);
        actual.CopyPolicy(cudaPolicy);
        Assert.That(Distance(cudaPolicy, policy), Is.LessThan(1e-4));
    }

    [Test]
    public void The_same_updates_give_the_same_bits_whatever_runs_side_by_side()
    {
        FakeDriver.Require();
        float[] parallel = Train(new CudaDeviceOptions(Parallel: true)), chained = Train(new CudaDeviceOptions(Parallel: false));
        Assert.That(parallel, Is.EqualTo(chained));
    }

    [Test]
    public void An_update_is_one_launch_of_one_graph_and_allocates_nothing()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        using var learner = new SacLearner(PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 16] }, Spec, device);
        using BatchBuffer batch = Batches.Random(Spec, 8, 0);
        for (int i = 0; i < 40; i++)
        {
            learner.Update(batch.View);
        }

        long kernels = FakeDriver.Calls("cuLaunchKernel"), graphs = FakeDriver.Calls("cuGraphLaunch"),
            nodes = FakeDriver.Calls("cuGraphAddKernelNode_v2");
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                learner.Update(batch.View);
            }
        });
        Assert.Multiple(() =>
        {
            Assert.That(FakeDriver.Calls("cuGraphLaunch") - graphs, Is.EqualTo(10));
            Assert.That(FakeDriver.Calls("cuLaunchKernel"), Is.EqualTo(kernels));
            Assert.That(FakeDriver.Calls("cuGraphAddKernelNode_v2"), Is.EqualTo(nodes));
            Assert.That(allocated, Is.Zero);
        });
    }

    [Test]
    public void A_changed_learning_rate_scale_reaches_the_graph_that_is_recorded_already()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        using var learner = new SacLearner(PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16] }, Spec, device);
        Update(learner, 8, 0, 2);
        long nodes = FakeDriver.Calls("cuGraphAddKernelNode_v2");
        float[] before = Policy(learner);
        learner.LearningRateScale = 0;
        Update(learner, 8, 2, 1);
        Assert.That(Policy(learner), Is.EqualTo(before), "at rate 0 nothing moves");
        learner.LearningRateScale = 0.5f;
        Update(learner, 8, 3, 1);
        Assert.That(Policy(learner), Is.Not.EqualTo(before));
        Assert.That(FakeDriver.Calls("cuGraphAddKernelNode_v2"), Is.EqualTo(nodes), "recorded again");
    }

    [Test]
    public void A_missed_dependency_would_be_seen()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        TensorBlock a = device.Allocate("a", new TensorShape("t", 1, 1, 4)), b = device.Allocate("b", new TensorShape("t", 1, 1, 4));
        TensorBlock c = device.Allocate("c", new TensorShape("t", 1, 1, 4));
        device.Upload([1, 2, 3, 4], a[0]);
        var program = new DeviceProgram("chain", () =>
        {
            device.Copy(a, b); // b <- a
            device.Copy(b, c); // waits for b
            device.Copy(a, b); // waits for the reader of b
            device.Copy(c, a); // waits for c, and for the reader of a
        });
        device.Run(program);
        float[] values = new float[4];
        device.Download(a[0], values);
        Assert.That(values, Is.EqualTo(new float[] { 1, 2, 3, 4 }));
        Assert.That(CudaKernelDevice.SizeOf(program), Is.EqualTo((4, 3)));
    }

    [Test]
    public void A_snapshot_is_of_its_moment_and_does_not_wait()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        TensorBlock block = device.Allocate("t", new("a", 2, 3, 5), new("b", 1, 1, 2));
        float[] first = [.. Enumerable.Range(0, 30).Select(static i => (float)i)];
        device.Upload(first, block[0]);
        device.Upload([7, 8], block[1]);
        CudaReadback readback = device.CreateReadback(block[0], block[1]);
        float[] values = new float[readback.Length];
        Assert.That(readback.TryTake(values), Is.False, "nothing queued");
        readback.Queue();
        device.Upload(new float[30], block[0]);
        long waits = FakeDriver.Calls("cuStreamSynchronize") + FakeDriver.Calls("cuEventSynchronize");
        Assert.That(readback.TryTake(values), Is.True);
        Assert.That(values, Is.EqualTo((float[])[.. first, 7, 8]));
        Assert.That(FakeDriver.Calls("cuStreamSynchronize") + FakeDriver.Calls("cuEventSynchronize"), Is.EqualTo(waits));
        Assert.That(readback.TryTake(values), Is.False, "taken");
    }

    [Test]
    public void A_run_moves_from_the_gpu_to_the_cpu_and_goes_on()
    {
        FakeDriver.Require();
        var options = PaperOptions.Sac with { BatchSize = 16, HiddenSizes = [24, 24], Seed = 9 };
        var state = new Core.Checkpoints.StateDictionary();
        using (var cuda = new CudaKernelDevice())
        using (var learner = new SacLearner(options, Spec, cuda))
        {
            Update(learner, 16, 0, 5);
            learner.SaveState(state);
        }

        using var scalar = new ScalarKernelDevice();
        using var resumed = new SacLearner(options, Spec, scalar);
        resumed.LoadState(state);
        Assert.That(resumed.Updates, Is.EqualTo(5));
        Assert.That(() => Update(resumed, 16, 5, 3), Throws.Nothing);
    }

    private static float[] Train(CudaDeviceOptions options)
    {
        using var device = new CudaKernelDevice(options);
        using var learner = new SacLearner(PaperOptions.Sac with { BatchSize = 20, HiddenSizes = [24, 24], Seed = 3 }, Spec, device);
        Update(learner, 20, 0, 4);
        return Policy(learner);
    }

    private static float[] Policy(SacLearner learner)
    {
        float[] policy = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(policy);
        return policy;
    }

    private static void Update(SacLearner learner, int batchSize, ulong first, ulong count)
    {
        for (ulong update = first; update < first + count; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, batchSize, update);
            learner.Update(batch.View);
        }
    }

    private static double Distance(float[] actual, float[] expected) =>
        Math.Sqrt(actual.Zip(expected, static (a, b) => ((double)a - b) * (a - b)).Sum()) / Math.Sqrt(expected.Sum(static b => (double)b * b));
}
