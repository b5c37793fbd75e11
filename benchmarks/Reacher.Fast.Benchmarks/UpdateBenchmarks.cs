using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Testing;

namespace Reacher.Fast.Benchmarks;

/// <summary>Whole updates on one thread, by batch and hidden sizes: observations of 33, actions of 4.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class UpdateBenchmarks
{
    private IKernelDevice sacDevice = null!;
    private IKernelDevice td3Device = null!;
    private ILearner sac = null!;
    private ILearner td3 = null!;
    private BatchBuffer batch = null!;

    /// <summary>B.</summary>
    [Params(64, 256, 1024)]
    public int Batch { get; set; }

    /// <summary>Units of each of two hidden layers.</summary>
    [Params(128, 256, 512)]
    public int Hidden { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var spec = new TransitionSpec(33, 4);
        (sacDevice, td3Device) = (CpuDevices.Create(), CpuDevices.Create());
        sac = LearnerFactory.Create(PaperOptions.Sac with { BatchSize = Batch, HiddenSizes = [Hidden, Hidden] }, spec, sacDevice);
        td3 = LearnerFactory.Create(PaperOptions.Td3 with { BatchSize = Batch, HiddenSizes = [Hidden, Hidden] }, spec, td3Device);
        batch = new BatchBuffer(spec, Batch);
        var random = new Random(1);
        BenchmarkSizes.Fill(random, batch.Observations);
        BenchmarkSizes.Fill(random, batch.Actions);
        BenchmarkSizes.Fill(random, batch.Rewards);
        BenchmarkSizes.Fill(random, batch.NextObservations);
        batch.Discounts.Fill(0.99f);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        sac.Dispose();
        td3.Dispose();
        batch.Dispose();
        sacDevice.Dispose();
        td3Device.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Sac() => sac.Update(batch.View);

    /// <summary>Alternately with and without the policy, as its delay is 2.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public void Td3()
    {
        td3.Update(batch.View);
        td3.Update(batch.View);
    }
}
