using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Simd;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Testing;
using Reacher.Fast.Training.Profiling;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// Whole updates and policy inference as a part of the multiply-add peak, which is measured between them on the same threads:
/// <c>--quick update [threads]</c>. On a machine shared with others both vary, so peak and update alternate and both are medians;
/// the best is printed beside.
/// </summary>
internal static class UpdateQuick
{
    private const int Observations = 33;
    private const int Actions = 4;
    private const double SecondsPerCase = 2.5;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        int threads = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1;
        bool all = arguments.Length < 2;
        Console.WriteLine($"{InstructionSets.NameOf(InstructionSets.Selected)}, {threads} thread(s)");
        Update(threads, "sac", 256, 256);
        Update(threads, "td3", 256, 256);
        if (all)
        {
            foreach ((int batch, int hidden) in new[] { (128, 128), (64, 256), (1024, 256), (8192, 256), (256, 128), (256, 512), (256, 1024) })
            {
                Update(threads, "sac", batch, hidden);
            }
        }

        Inference(threads, 20);
        Inference(threads, 1024);
        return 0;
    }

    private static void Update(int threads, string algorithm, int batch, int hidden)
    {
        TransitionSpec spec = new(Observations, Actions);
        using IKernelDevice device = Device(threads);
        LearnerOptions options = algorithm == "sac"
            ? PaperOptions.Sac with { BatchSize = batch, HiddenSizes = [hidden, hidden] }
            : PaperOptions.Td3 with { BatchSize = batch, HiddenSizes = [hidden, hidden] };
        using ILearner learner = LearnerFactory.Create(options, spec, device);
        using BatchBuffer buffer = new(spec, batch);
        Random random = new(1);
        Fill(random, buffer.Observations);
        Fill(random, buffer.Actions);
        Fill(random, buffer.Rewards);
        Fill(random, buffer.NextObservations);
        buffer.Discounts.Fill(0.99f);

        // TD3 alternates between two kinds of update.
        int calls = algorithm == "td3" ? 2 : 1;
        double flops = LearnerArithmetic.UpdateOperations(options, spec);
        Report($"{algorithm} B={batch} H={hidden}", device, flops, calls, () => learner.Update(buffer.View));
    }

    private static void Inference(int threads, int count)
    {
        using IKernelDevice device = Device(threads);
        PolicySpec spec = new(PolicyKind.SquashedGaussian, Observations, Actions, [256, 256], false);
        Policy policy = new(spec, device, count);
        Random random = new(1);
        float[] block = new float[spec.BlockLength], observations = new float[count * Observations], actions = new float[count * Actions];
        Fill(random, block);
        Fill(random, observations);
        policy.Load(block);
        double flops = LearnerArithmetic.PolicyOperations(spec, count);
        Report($"policy, {count} observations", device, flops, 1, () => policy.ActExploring(observations, count, actions, 0));
    }

    private static void Report(string what, IKernelDevice device, double flops, int calls, Action action)
    {
        Stopwatch warmUp = Stopwatch.StartNew();
        for (int i = 0; i < 50 && warmUp.Elapsed.TotalSeconds < 1; i++)
        {
            action();
        }

        ThreadTeam team = ((ITeamDevice)device).Team;
        List<double> peaks = [], times = [];
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < SecondsPerCase || times.Count < 5)
        {
            peaks.Add(FmaPeak.Once(team, InstructionSets.Selected));
            long start = Stopwatch.GetTimestamp();
            int repeats = 0;
            do
            {
                for (int i = 0; i < calls; i++)
                {
                    action();
                }

                repeats += calls;
            }
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 2);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / repeats);
        }

        peaks.Sort();
        times.Sort();
        double peak = peaks[peaks.Count / 2], time = times[times.Count / 2];
        string part = $"  {flops / time / 1e9,6:F1} GFLOP/s = {flops / time / peak,4:P0} of peak {peak / 1e9:F1}; " +
            $"best {flops / times[0] / peaks[^1],4:P0} of best {peaks[^1] / 1e9:F1}";
        Console.WriteLine($"{what,-28}{time * 1e6,10:F1} us (best {times[0] * 1e6:F1}){1 / time,10:F1}/s{part}");
    }

    // Each worker has a processor of its own: a scheduler that packs threads which often wait onto one processor would be measured instead.
    private static IKernelDevice Device(int threads) => CpuDevices.Create(threads, pin: true);

    private static void Fill(Random random, Span<float> values)
    {
        foreach (ref float value in values)
        {
            value = (random.NextSingle() - 0.5f) * 0.2f;
        }
    }
}
