using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Benchmarks;

/// <summary>The three products of a layer, both critics at once, by size and threads. 2 heads x 2 B H^2 operations each.</summary>
[MemoryDiagnoser]
public class GemmBenchmarks
{
    private IKernelDevice device = null!;
    private TensorBlock tensors = null!;

    /// <summary>B.</summary>
    [Params(64, 256, 1024)]
    public int Batch { get; set; }

    /// <summary>Inputs and outputs.</summary>
    [Params(128, 256, 512)]
    public int Hidden { get; set; }

    /// <summary>Members of the team.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Allocates and fills.</summary>
    [GlobalSetup]
    public void Setup()
    {
        device = CpuDevices.Create(Threads);
        tensors = device.Allocate(
            "gemm", new("x", 2, Batch, Hidden), new("w", 2, Hidden, Hidden), new("b", 2, 1, Hidden), new("y", 2, Batch, Hidden));
        Random random = new(1);
        foreach (Tensor tensor in tensors.Tensors)
        {
            device.Upload([.. Enumerable.Range(0, (int)tensor.Shape.Elements).Select(_ => random.NextSingle() - 0.5f)], tensor);
        }
    }

    /// <summary>Frees.</summary>
    [GlobalCleanup]
    public void Cleanup() => device.Dispose();

    /// <summary>y = relu(x W + b).</summary>
    [Benchmark(Baseline = true)]
    public void Forward() => device.Linear(tensors[0], tensors[1], tensors[2], tensors[3], Activation.ReLU);

    /// <summary>dx = dy W^T, gated.</summary>
    [Benchmark]
    public void InputGradient() => device.LinearBackwardInput(tensors[3], tensors[1], tensors[0], gate: tensors[0]);

    /// <summary>dW = x^T dy, db.</summary>
    [Benchmark]
    public void WeightGradient() => device.LinearBackwardWeights(tensors[0], tensors[3], tensors[1], tensors[2]);
}
