using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Benchmarks;

/// <summary>What several benchmarks share: how large the replay is, where it lies, and which instruction sets this processor has.</summary>
internal static class BenchmarkSizes
{
    /// <summary>Rows of a replay: several times the caches. The allocation gate, which measures no time, makes it small.</summary>
    public static int ReplayRows { get; set; } = 1_000_000;

    /// <summary>Sets that the processor has, the reference among them; what it lacks would run emulated and say nothing.</summary>
    public static IReadOnlyList<InstructionSet> Sets => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    /// <summary>A file for one benchmark, in memory where the system offers that.</summary>
    public static string File(string name) =>
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"reacher-fast-{name}-{Environment.ProcessId}");

    /// <summary>Small values around 0.</summary>
    public static void Fill(Random random, Span<float> values)
    {
        foreach (ref float value in values)
        {
            value = (random.NextSingle() - 0.5f) * 0.2f;
        }
    }
}
