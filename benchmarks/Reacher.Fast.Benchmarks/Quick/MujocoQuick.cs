using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Mujoco;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// <c>--quick mujoco [TASK...]</c>: decisions of MuJoCo's tasks on one thread beside a loop in C that makes the same physics steps from the
/// same states, and on two threads beside one. Each pair is measured alternately; what counts is the median of the ratios. Needs MuJoCo,
/// its header and gcc.
/// </summary>
internal static class MujocoQuick
{
    private const int Decisions = 1000;
    private const int Rounds = 101;
    private const int RoundsBefore = 10;
    private const int AgentsOnThreads = 16;

    /// <summary>Measures and prints.</summary>
    /// <param name="arguments">The tasks; a fast one, one that ends often and the largest without any.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        string[] tasks = arguments.Length > 0 ? arguments.ToArray() : ["HalfCheetah-v4", "Hopper-v4", "Humanoid-v4"];
        Console.WriteLine($"{Rounds} rounds of {Decisions} decisions; of the clock, and of processor time");
        foreach (string task in tasks)
        {
            using var recorded = new RecordedDecisions(task, Decisions);
            var pairs = new Pair[Rounds];
            for (int i = 0; i < RoundsBefore; i++)
            {
                Play(recorded, threads: 1);
            }

            for (int i = 0; i < Rounds; i++)
            {
                pairs[i] = new Pair(Play(recorded, threads: 1), recorded.PlayInC());
            }

            Print($"{task}, one agent on one thread, beside C", pairs, Decisions);
        }

        using var many = new RecordedDecisions(tasks[0], Decisions, AgentsOnThreads);
        var threads = new Pair[Rounds / 3];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Pair(Play(many, threads: 2), Play(many, threads: 1));
        }

        Print($"{tasks[0]}, {AgentsOnThreads} agents on two threads, beside one", threads, Decisions * AgentsOnThreads);
        return 0;
    }

    private static Timing Play(RecordedDecisions recorded, int threads)
    {
        using MujocoEnvironment environment = recorded.Create(threads);
        var buffer = new StepBuffer(environment);
        VectorStep step = buffer.View;
        environment.Reset(RecordedDecisions.Seed, step.Observations);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        for (int k = 0; k < recorded.Steps; k++)
        {
            environment.Step(recorded.Actions(k), step);
        }

        return new Timing(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private static void Print(string what, Pair[] pairs, int decisions) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {decisions / Median(pairs, pair => pair.Ours.Seconds):N0} decisions/s beside " +
        $"{decisions / Median(pairs, pair => pair.Other.Seconds):N0}, {100 * Median(pairs, pair => pair.Other.Seconds / pair.Ours.Seconds):F1} % " +
        $"({100 * pairs.Min(pair => pair.Other.Seconds / pair.Ours.Seconds):F0} to " +
        $"{100 * pairs.Max(pair => pair.Other.Seconds / pair.Ours.Seconds):F0}); of processor time " +
        $"{100 * Median(pairs, pair => pair.Other.Processor / pair.Ours.Processor):F1} %"));

    private static double Median(Pair[] pairs, Func<Pair, double> figure) => pairs.Select(figure).Order().ElementAt(pairs.Length / 2);

    /// <summary>How long decisions took.</summary>
    /// <param name="Seconds">By the clock.</param>
    /// <param name="Processor">Of processors, all threads together.</param>
    internal readonly record struct Timing(double Seconds, double Processor);

    private readonly record struct Pair(Timing Ours, Timing Other);
}
