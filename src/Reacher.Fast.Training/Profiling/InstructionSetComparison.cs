using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// The instruction sets of this machine beside each other. Registers twice as wide need not be twice as fast: a processor may compute them in
/// two halves, or lower its clock for them.
/// </summary>
internal static class InstructionSetComparison
{
    private const int Rounds = 15;
    private const int ProductSize = 256;
    private const int ProductsPerTrial = 4;

    // A narrower set has to be this much faster before a user is bothered with it; less is within what other work on the machine does.
    private const double WorthSaying = 1.05;

    // Long enough for a processor to raise its clock again after wide registers, which takes Intel's two thirds of a millisecond.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Measures the vector sets that the processor has, widest first; takes a tenth of a second. Of each set's trials the best count, because
    /// other work on the machine only ever makes one slower.
    /// </summary>
    public static IReadOnlyList<InstructionSetFigures> Measure()
    {
        InstructionSet[] sets = [.. new[] { InstructionSet.Vector512, InstructionSet.Vector256 }.Where(InstructionSets.IsSupported)];
        sets = sets.Length > 0 ? sets : [InstructionSet.Vector128];
        using var team = new ThreadTeam(1);
        Product[] products = [.. sets.Select(set => new Product(set))];
        var trials = sets.Select(_ => new List<(double Peak, double Product, double Clock)>()).ToArray();
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < sets.Length; i++)
            {
                double clock = RestedClock();
                double peak = FmaPeak.Once(team, sets[i]);
                double lowered = Clock();
                trials[i].Add((peak, products[i].OperationsPerSecond(), lowered / clock));
            }
        }

        foreach (Product product in products)
        {
            product.Dispose();
        }

        return
        [
            .. sets.Select((set, i) => new InstructionSetFigures(
                InstructionSets.NameOf(set),
                trials[i].Max(trial => trial.Peak),
                trials[i].Max(trial => trial.Product),
                StageClock.Median(trials[i].Select(trial => trial.Clock)))),
        ];
    }

    /// <summary>What the products of each set reach, and the clock where it falls.</summary>
    public static string Describe(IReadOnlyList<InstructionSetFigures> figures) =>
        "products on one thread: " + string.Join("; ", figures.Select(Describe));

    /// <summary>What to do where a narrower set than the selected one has the faster products; null where none has.</summary>
    public static string? Advise(IReadOnlyList<InstructionSetFigures> figures, string selected)
    {
        InstructionSetFigures? used = figures.FirstOrDefault(set => set.Name == selected);
        InstructionSetFigures? fastest = figures.MaxBy(set => set.Product);
        if (used is null || fastest is null || fastest.Product < WorthSaying * used.Product)
        {
            return null;
        }

        string value = fastest.Name switch { "avx512" => "512", "avx2" => "256", _ => "128" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{fastest.Name} is {fastest.Product / used.Product:F2} times as fast here; {InstructionSets.EnvironmentVariable}={value} selects it.");
    }

    private static string Describe(InstructionSetFigures set)
    {
        string products = string.Create(
            CultureInfo.InvariantCulture, $"{set.Name} {set.Product / 1e9:F0} GFLOP/s, {set.Product / set.Peak:P0} of its peak");
        return set.Clock < 1 / WorthSaying
            ? string.Create(CultureInfo.InvariantCulture, $"{products}, with the clock lowered to {set.Clock:P0}")
            : products;
    }

    private static double RestedClock()
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Rest)
        {
            Clock();
        }

        return Clock();
    }

    /// <summary>Steps a second of a chain of integer multiplications, each of which waits for the last: the clock, in other units.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double Clock()
    {
        const int Steps = 50_000;
        long began = Stopwatch.GetTimestamp();
        ulong value = (ulong)began;
        for (int i = 0; i < Steps; i++)
        {
            value = (value * 6364136223846793005) + 1442695040888963407;
        }

        // The result is used, so that the chain is not dropped.
        long ended = Stopwatch.GetTimestamp() + (value == 0 ? 1 : 0);
        return Steps / Stopwatch.GetElapsedTime(began, ended).TotalSeconds;
    }

    private sealed class Product : IDisposable
    {
        private readonly IKernelDevice device;
        private readonly TensorBlock tensors;

        public Product(InstructionSet set)
        {
            device = CpuDevices.Create(set, threads: 1);
            tensors = device.Allocate(
                "product",
                new("x", 1, ProductSize, ProductSize),
                new("w", 1, ProductSize, ProductSize),
                new("b", 1, 1, ProductSize),
                new("y", 1, ProductSize, ProductSize));

            // The first call compiles the kernel, so it is not timed.
            OperationsPerSecond();
        }

        public double OperationsPerSecond()
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < ProductsPerTrial; i++)
            {
                device.Linear(tensors[0], tensors[1], tensors[2], tensors[3], Activation.None);
            }

            return 2.0 * ProductsPerTrial * ProductSize * ProductSize * ProductSize / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        public void Dispose() => device.Dispose();
    }
}
