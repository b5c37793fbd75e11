using BenchmarkDotNet.Attributes;

namespace Reacher.Fast.Benchmarks.Allocations;

/// <summary>
/// The bug that the gate is for: a hot loop that allocates, on a thread that is not the caller's. Only <c>--quick allocations planted</c>
/// runs it.
/// </summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
internal class PlantedBenchmarks
{
    private readonly Barrier barrier = new(2);
    private byte[] kept = [];
    private volatile bool ended;
    private Thread worker = null!;

    [GlobalSetup]
    public void Setup()
    {
        worker = new Thread(() =>
        {
            while (true)
            {
                barrier.SignalAndWait();
                if (ended)
                {
                    return;
                }

                kept = new byte[100];
                barrier.SignalAndWait();
            }
        });
        worker.Start();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        ended = true;
        barrier.SignalAndWait();
        worker.Join();
        barrier.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Quiet() => GC.KeepAlive(kept);

    [Benchmark]
    public void Allocating()
    {
        barrier.SignalAndWait();
        barrier.SignalAndWait();
    }
}
