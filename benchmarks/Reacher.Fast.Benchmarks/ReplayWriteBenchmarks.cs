using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Benchmarks;

/// <summary>Vector steps of 20 agents into a ring of a million rows of 320 bytes; an operation is one row.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class ReplayWriteBenchmarks
{
    private const int Agents = 20;

    private readonly float[] observations = new float[Agents * 33];
    private readonly float[] actions = new float[Agents * 4];
    private readonly float[] rewards = new float[Agents];
    private readonly bool[] no = new bool[Agents];
    private string path = string.Empty;
    private ReplayFile replay = null!;
    private TransitionWriter writer = null!;
    private RowWriter rows = null!;

    /// <summary>Steps whose rewards a row sums.</summary>
    [Params(1, 5)]
    public int NStep { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        path = BenchmarkSizes.File("write");
        replay = ReplayFile.Create(
            path, new TransitionSpec(33, 4), BenchmarkSizes.ReplayRows, new ReplayOptions { Populate = true, Overwrite = true });
        writer = new TransitionWriter(replay, Agents, 0, NStep, 0.99f);
        rows = new RowWriter(replay, Agents, 1000);
        for (int i = 0; i < Agents; i++)
        {
            rows.Staged.Compose(i, (uint)i, observations.AsSpan(0, 33), actions.AsSpan(0, 4), i, 1, observations.AsSpan(0, 33));
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        writer.Dispose();
        rows.Dispose();
        replay.Dispose();
        File.Delete(path);
    }

    /// <summary>Rows already composed: claim, checksum, copy, stamp.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Agents)]
    public void StagedRows() => rows.Publish(Agents);

    /// <summary>Steps as an environment gives them.</summary>
    [Benchmark(OperationsPerInvoke = Agents)]
    public void Transitions() => writer.Write(observations, actions, rewards, no, no, no, observations, observations);
}
