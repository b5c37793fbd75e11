using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Benchmarks;

/// <summary>Choosing actions for N observations on one thread, 2 x 256 units.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class InferenceBenchmarks
{
    private IKernelDevice device = null!;
    private Policy policy = null!;
    private float[] observations = null!;
    private float[] actions = null!;
    private float[] block = null!;

    /// <summary>N.</summary>
    [Params(20, 1024)]
    public int Observations { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        device = CpuDevices.Create();
        var spec = new PolicySpec(PolicyKind.SquashedGaussian, 33, 4, [256, 256], false);
        policy = new Policy(spec, device, Observations);
        (block, observations, actions) = (new float[spec.BlockLength], new float[Observations * 33], new float[Observations * 4]);
        var random = new Random(1);
        BenchmarkSizes.Fill(random, block);
        BenchmarkSizes.Fill(random, observations);
        policy.Load(block);
    }

    [GlobalCleanup]
    public void Cleanup() => device.Dispose();

    /// <summary>The policy's own choice.</summary>
    [Benchmark(Baseline = true)]
    public void Act() => policy.ActDeterministic(observations, Observations, actions);

    /// <summary>With exploration.</summary>
    [Benchmark]
    public void Explore() => policy.ActExploring(observations, Observations, actions, 0);

    /// <summary>Newer weights.</summary>
    [Benchmark]
    public void Load() => policy.Load(block);
}
