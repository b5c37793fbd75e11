using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Benchmarks;

/// <summary>Batches of 256 out of a million rows of 320 bytes; an operation is one row.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class ReplaySampleBenchmarks
{
    private const int BatchSize = 256;
    private const int Agents = 20;

    private string path = string.Empty;
    private ReplayFile replay = null!;
    private ReplaySampler stamped = null!;
    private ReplaySampler summed = null!;
    private BatchBuffer batch = null!;

    [GlobalSetup]
    public void Setup()
    {
        path = BenchmarkSizes.File("sample");
        TransitionSpec spec = new(33, 4);
        replay = ReplayFile.Create(path, spec, BenchmarkSizes.ReplayRows, new ReplayOptions { Populate = true, Overwrite = true });
        using RowWriter rows = new(replay, Agents, 0);
        for (int i = 0; i < BenchmarkSizes.ReplayRows / Agents; i++)
        {
            rows.Publish(Agents);
        }

        stamped = new ReplaySampler(replay, 1);
        summed = new ReplaySampler(replay, 1, validateChecksums: true);
        batch = new BatchBuffer(spec, BatchSize);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        stamped.Dispose();
        summed.Dispose();
        batch.Dispose();
        replay.Dispose();
        File.Delete(path);
    }

    /// <summary>What learners do: stamps checked before and after the copy.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = BatchSize)]
    public void Stamps() => stamped.Sample(batch);

    /// <summary>The checksum too.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public void StampsAndChecksums() => summed.Sample(batch);
}
