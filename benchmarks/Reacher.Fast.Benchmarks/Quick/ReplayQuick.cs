using System.Diagnostics;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Layout;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// The replay's figures in under a minute, beside what C gets out of the same memory in the same run:
/// <c>--quick replay</c>. Each figure is the median of several runs; the percentages are what counts.
/// </summary>
internal static class ReplayQuick
{
    private const int Agents = 20;
    private const int BatchSize = 256;
    private const int Repeats = 9;
    private const long Rows = 1_000_000;

    private static readonly TransitionSpec Spec = new(33, 4);

    public static int Run()
    {
        Dictionary<string, double> limits = NativeLimits.Run("replay_limits", Rows.ToString(), Repeats.ToString());
        Stopwatch reopened = new();
        string path = $"/dev/shm/replay-quick-{Environment.ProcessId}";
        try
        {
            using ReplayFile replay = ReplayFile.Create(path, Spec, Rows, new ReplayOptions { Populate = true });
            double staged = StagedWrite(replay);
            double one = TransitionWrite(replay, 1);
            double five = TransitionWrite(replay, 5);
            double unchecked_ = Sample<NoValidation>(replay);
            double stamped = Sample<StampValidation>(replay);
            double summed = Sample<ChecksumValidation>(replay);
            double sampler = SampleThroughSampler(replay);
            reopened.Start();
            ReplayFile.Open(path, Spec).Dispose();
            reopened.Stop();
            // Once more, and the mean of both: other tenants of the machine come and go.
            foreach ((string name, double value) in NativeLimits.Run("replay_limits", Rows.ToString(), Repeats.ToString()))
            {
                limits[name] = (limits[name] + value) / 2;
            }

            double copied = limits["memcpy"] * 1e3 / Spec.StrideBytes;
            Print("memcpy (C)", copied, copied, limits["sequential-write"]);
            Print("sequential write (C)", limits["sequential-write"], copied, limits["sequential-write"]);
            Print("write, staged rows", staged, copied, limits["sequential-write"]);
            Print("write, 1-step", one, copied, limits["sequential-write"]);
            Print("write, 5-step", five, copied, limits["sequential-write"]);
            Console.WriteLine($"{"gather (C)",-28}{limits["gather"],8:F2} M rows/s");
            PrintGather("gather, not validated", unchecked_, limits["gather"], unchecked_);
            PrintGather("gather, stamps re-checked", stamped, limits["gather"], unchecked_);
            PrintGather("gather, stamps and CRC32C", summed, limits["gather"], unchecked_);
            PrintGather("ReplaySampler.Sample(256)", sampler, limits["gather"], unchecked_);
            Console.WriteLine($"reopening {Rows} rows: {reopened.Elapsed.TotalMilliseconds:F1} ms");
            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Print(string what, double rate, double copy, double write) =>
        Console.WriteLine($"{what,-28}{rate,8:F2} M rows/s  {rate / copy,6:P0} of memcpy  {rate / write,6:P0} of sequential write");

    private static void PrintGather(string what, double rate, double limit, double unchecked_) =>
        Console.WriteLine($"{what,-28}{rate,8:F2} M rows/s  {rate / limit,6:P0} of the C gather  validation {1 - (rate / unchecked_),6:P1}");

    private static double StagedWrite(ReplayFile replay)
    {
        using RowWriter writer = new(replay, Agents, 0);
        float[] part = new float[33];
        for (int i = 0; i < Agents; i++)
        {
            writer.Staged.Compose(i, (uint)i, part, part.AsSpan(0, 4), i, 1, part);
        }

        return Median(() =>
        {
            for (int i = 0; i < Rows / Agents; i++)
            {
                writer.Publish(Agents);
            }

            return Rows;
        });
    }

    private static double TransitionWrite(ReplayFile replay, int nStep)
    {
        using TransitionWriter writer = new(replay, Agents, 0, nStep, 0.99f);
        float[] observations = new float[Agents * 33];
        float[] actions = new float[Agents * 4];
        float[] rewards = new float[Agents];
        bool[] no = new bool[Agents];
        return Median(() =>
        {
            long rows = 0;
            for (int i = 0; i < Rows / Agents; i++)
            {
                rows += writer.Write(observations, actions, rewards, no, no, no, observations, observations);
            }

            return rows;
        });
    }

    private static double Sample<TValidation>(ReplayFile replay)
        where TValidation : struct, IRowValidation
    {
        using BatchBuffer batch = new(Spec, BatchSize);
        Xoshiro256 random = new(1);
        long[] slots = new long[BatchSize];
        int[] targets = [.. Enumerable.Range(0, BatchSize)];
        int[] refused = new int[BatchSize];
        return Median(() =>
        {
            for (int b = 0; b < 2000; b++)
            {
                for (int i = 0; i < BatchSize; i++)
                {
                    slots[i] = (long)random.Below((ulong)Rows);
                }

                if (RowGather.Gather<TValidation>(replay.Slots, Spec, slots, targets, batch, refused) != 0)
                {
                    throw new InvalidOperationException("A row was refused with nobody writing.");
                }
            }

            return 2000 * BatchSize;
        });
    }

    private static double SampleThroughSampler(ReplayFile replay)
    {
        using ReplaySampler sampler = new(replay, 1);
        using BatchBuffer batch = new(Spec, BatchSize);
        return Median(() =>
        {
            for (int b = 0; b < 2000; b++)
            {
                sampler.Sample(batch);
            }

            return 2000 * BatchSize;
        });
    }

    /// <summary>Millions a second, median of several runs.</summary>
    private static double Median(Func<long> run)
    {
        double[] rates = new double[Repeats];
        for (int i = -8; i < Repeats; i++)
        {
            if (i < 0)
            {
                // The JIT promotes methods on a timer that any new tier-0 code puts off: let it fire between the first runs.
                Thread.Sleep(150);
            }

            long began = Stopwatch.GetTimestamp();
            long count = run();
            double rate = count / Stopwatch.GetElapsedTime(began).TotalSeconds * 1e-6;
            if (i >= 0)
            {
                rates[i] = rate;
            }
        }

        Array.Sort(rates);
        return rates[Repeats / 2];
    }

    /// <summary>Takes every copy: what validation is measured against.</summary>
    private readonly struct NoValidation : IRowValidation
    {
        public static bool Accept(RowSlots slots, long slot, ulong stamp) => true;
    }
}
