using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Benchmarks;

/// <summary>Each op at the sizes of an update of batch 256 and 256 hidden units, on each instruction set beside the scalar reference.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class OpBenchmarks
{
    private OpBench fast = null!;
    private OpBench scalar = null!;

    /// <summary>As in <see cref="IKernelDevice"/>.</summary>
    [ParamsSource(nameof(Ops))]
    public string Op { get; set; } = string.Empty;

    /// <summary>The twin.</summary>
    [ParamsSource(nameof(Sets))]
    public InstructionSet Set { get; set; }

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Ops => OpBench.Names;

    /// <summary>Those that the processor has.</summary>
    public static IEnumerable<InstructionSet> Sets => BenchmarkSizes.Sets.Where(set => set != InstructionSet.Scalar);

    [GlobalSetup]
    public void Setup() => (fast, scalar) = (new OpBench(Set, Op), new OpBench(InstructionSet.Scalar, Op));

    [GlobalCleanup]
    public void Cleanup()
    {
        fast.Dispose();
        scalar.Dispose();
    }

    /// <summary>The scalar device.</summary>
    [Benchmark(Baseline = true)]
    public void Reference() => scalar.Run();

    /// <summary>The same op by <see cref="Set"/>.</summary>
    [Benchmark]
    public void Vector() => fast.Run();
}
