using BenchmarkDotNet.Attributes;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Benchmarks;

/// <summary>The weights of a policy of 2 x 256 units on their way from the learner to an environment.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class WeightBenchmarks
{
    private const int Floats = 76_552;

    private readonly float[] block = new float[Floats];
    private readonly float[] read = new float[Floats];
    private WeightChannel channel = null!;
    private string path = string.Empty;
    private long seen;

    [GlobalSetup]
    public void Setup()
    {
        path = BenchmarkSizes.File("weights");
        channel = WeightChannel.Create(path, Floats, overwrite: true);
        BenchmarkSizes.Fill(new Random(1), block);
        channel.Publish(block, 0);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        channel.Dispose();
        File.Delete(path);
    }

    /// <summary>What the channel cannot beat.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => block.AsSpan().CopyTo(read);

    /// <summary>One publication.</summary>
    [Benchmark]
    public void Publish() => channel.Publish(block, 1);

    /// <summary>A reader takes the newest block, as if it had never seen it.</summary>
    [Benchmark]
    public void Read()
    {
        seen = 0;
        channel.TryRead(read, ref seen, out _);
    }
}
