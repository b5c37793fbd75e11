using System.Diagnostics;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// The replay's figures in under a minute, beside what C gets out of the same memory in the same run:
/// <c>--quick replay [short]</c>. Each figure is the median of several runs; the percentages are what counts.
/// </summary>
internal static class ReplayQuick
{
    private const int Agents = 20;
    private const int BatchSize = 256;
    private const int Batches = 1500;
    private const long Rows = 1_000_000;

    private static readonly TransitionSpec Spec = new(33, 4);
    private static readonly float[] Observations = new float[Agents * 33];
    private static readonly float[] Actions = new float[Agents * 4];
    private static readonly float[] Rewards = new float[Agents];
    private static readonly bool[] No = new bool[Agents];
    private static readonly long[] Slots = new long[BatchSize];
    private static readonly int[] Targets = [.. Enumerable.Range(0, BatchSize)];
    private static readonly int[] Refused = new int[BatchSize];

    // Goes on from turn to turn: rows drawn a second time would still be in the cache.
    private static Xoshiro256 random = new(1);

    public static int Run(ReadOnlySpan<string> arguments)
    {
        int repeats = arguments is ["short"] ? 5 : 15;
        string path = $"/dev/shm/replay-quick-{Environment.ProcessId}";
        string library = NativeLimits.Build("replay_limits", library: true);
        try
        {
            using ReplayFile replay = ReplayFile.Create(path, Spec, Rows, new ReplayOptions { Populate = true });
            using NativeReplayLimits c = new(library, replay);
            string[] names =
            [
                "memcpy (C)", "sequential write (C)", "write, staged rows", "write, 1-step", "write, 5-step",
                "gather (C)", "gather, not validated", "gather, stamps re-checked", "gather, stamps and CRC32C", "ReplaySampler.Sample(256)",
            ];
            using RowWriter rows = StagedWriter(replay);
            using TransitionWriter one = new(replay, Agents, 0, 1, 0.99f);
            using TransitionWriter five = new(replay, Agents, 0, 5, 0.99f);
            using BatchBuffer batch = new(Spec, BatchSize);
            using ReplaySampler sampler = new(replay, 1);
            Func<double>[] work =
            [
                () => c.Copy(),
                () => c.Write(),
                () => Rate(() => StagedWrite(rows)),
                () => Rate(() => TransitionWrite(one)),
                () => Rate(() => TransitionWrite(five)),
                () => c.Gather(),
                () => Rate(() => Sample<NoValidation>(replay, batch)),
                () => Rate(() => Sample<StampValidation>(replay, batch)),
                () => Rate(() => Sample<ChecksumValidation>(replay, batch)),
                () => Rate(() => SampleThroughSampler(sampler, batch)),
            ];
            // In turns, so that what else the machine does falls on all alike; the ratio is the median of the turns' ratios.
            double[][] rates = [.. work.Select(_ => new double[repeats])];
            for (int turn = -4; turn < repeats; turn++)
            {
                for (int i = 0; i < work.Length; i++)
                {
                    double rate = work[i]();
                    if (turn >= 0)
                    {
                        rates[i][turn] = rate;
                    }
                }

                if (turn < 0)
                {
                    // The JIT promotes methods on a timer that any new tier-0 code puts off.
                    Thread.Sleep(200);
                }
            }

            for (int i = 0; i < work.Length; i++)
            {
                string against = i < 5
                    ? $"{Ratio(rates[i], rates[0]),6:P0} of memcpy  {Ratio(rates[i], rates[1]),6:P0} of sequential write"
                    : $"{Ratio(rates[i], rates[5]),6:P0} of the C gather  {Ratio(rates[i], rates[6]),6:P0} of not validated";
                Console.WriteLine($"{names[i],-28}{Median(rates[i]),8:F2} M rows/s  {against}");
            }

            long began = Stopwatch.GetTimestamp();
            ReplayFile.Open(path, Spec).Dispose();
            Console.WriteLine($"reopening {Rows} rows: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F1} ms");
            return 0;
        }
        finally
        {
            File.Delete(path);
            File.Delete(library);
        }
    }

    private static double Ratio(double[] ours, double[] limit) => Median([.. ours.Zip(limit, (a, b) => a / b)]);

    internal static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Millions a second of one run.</summary>
    private static double Rate(Func<long> run)
    {
        long began = Stopwatch.GetTimestamp();
        long count = run();
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds * 1e-6;
    }

    private static RowWriter StagedWriter(ReplayFile replay)
    {
        RowWriter writer = new(replay, Agents, 0);
        float[] part = new float[33];
        for (int i = 0; i < Agents; i++)
        {
            writer.Staged.Compose(i, (uint)i, part, part.AsSpan(0, 4), i, 1, part);
        }

        return writer;
    }

    private static long StagedWrite(RowWriter writer)
    {
        for (int i = 0; i < Rows / Agents; i++)
        {
            writer.Publish(Agents);
        }

        return Rows;
    }

    private static long TransitionWrite(TransitionWriter writer)
    {
        long rows = 0;
        for (int i = 0; i < Rows / Agents; i++)
        {
            rows += writer.Write(Observations, Actions, Rewards, No, No, No, Observations, Observations);
        }

        return rows;
    }

    private static long Sample<TValidation>(ReplayFile replay, BatchBuffer batch)
        where TValidation : struct, IRowValidation
    {
        for (int b = 0; b < Batches; b++)
        {
            for (int i = 0; i < BatchSize; i++)
            {
                Slots[i] = (long)random.Below((ulong)Rows);
            }

            if (RowGather.Gather<TValidation>(replay.Slots, Spec, Slots, Targets, batch, Refused) != 0)
            {
                throw new InvalidOperationException("A row was refused with nobody writing.");
            }
        }

        return Batches * BatchSize;
    }

    private static long SampleThroughSampler(ReplaySampler sampler, BatchBuffer batch)
    {
        for (int b = 0; b < Batches; b++)
        {
            sampler.Sample(batch);
        }

        return Batches * BatchSize;
    }

    /// <summary>Takes every copy: what validation is measured against.</summary>
    private readonly unsafe struct NoValidation : IRowValidation
    {
        public static bool Accept(RowSlots slots, byte* row, ulong stamp) => true;
    }
}
