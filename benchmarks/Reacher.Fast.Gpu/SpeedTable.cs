using System.Diagnostics;
using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Gpu;

/// <summary>The speeds of docs/cuda.md's tables, as Markdown. Medians of five, after warming up; batches are drawn from a mirror.</summary>
internal static class SpeedTable
{
    private static readonly TransitionSpec Spec = new(33, 4);

    public static void Run(bool quick)
    {
        using (var device = new CudaKernelDevice())
        {
            Console.WriteLine($"{device.Info}\n");
        }

        Mirror(quick ? 100_000 : 1_000_000);
        Target();
        Console.WriteLine("| algorithm | batch | hidden | precision | graph | K | updates/s | us | TFLOP/s |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            foreach (bool sac in (bool[])[true, false])
            {
                Updates(sac, 256, 256, precision, parallel: true, perLaunch: 8, quick);
                if (!quick)
                {
                    Updates(sac, 256, 256, precision, parallel: true, perLaunch: 2, quick);
                    Updates(sac, 256, 256, precision, parallel: false, perLaunch: 8, quick);
                    Updates(sac, 8192, 1024, precision, parallel: true, perLaunch: 2, quick);
                }
            }
        }

        HostBatches();
    }

    /// <summary>Rows a second into the device, and the bare page-locked copy beside it.</summary>
    private static void Mirror(int count)
    {
        using var device = new CudaKernelDevice();
        var rows = new SyntheticRows(count) { End = count };
        using var mirror = new CudaReplayMirror(device, rows);
        mirror.Advance();
        device.Synchronize();
        long before = mirror.MirroredRows;
        var watch = Stopwatch.StartNew();
        while (mirror.Advance() > 0)
        {
        }

        device.Synchronize();
        mirror.ThrowIfExhausted();
        double rate = (mirror.MirroredRows - before) / watch.Elapsed.TotalSeconds;
        Console.WriteLine($"mirror: {rate / 1e6:f1} M rows/s = {rate * Spec.StrideBytes / 1e9:f1} GB/s ({Spec.StrideBytes} bytes a row)\n");
    }

    /// <summary>The fused targets alone: 200 in one graph, one after another.</summary>
    private static void Target()
    {
        using var device = new CudaKernelDevice(new CudaDeviceOptions(Parallel: false));
        TensorBlock block = device.Allocate(
            "t", new("r", 1, 1, 256), new("d", 1, 1, 256), new("q", 2, 1, 256), new("l", 1, 1, 256), new("alpha", 1, 1, 1), new("y", 1, 1, 256));
        var program = new DeviceProgram("targets", () =>
        {
            for (int i = 0; i < 200; i++)
            {
                device.SacTarget(block[0], block[1], block[2], block[3], block[4], block[5]);
            }
        });
        double seconds = Median(device, () => device.Run(program), 20);
        Console.WriteLine($"fused SAC target, batch 256: {seconds / 200 * 1e6:f2} us\n");
    }

    private static void Updates(bool sac, int batch, int hidden, CudaPrecision precision, bool parallel, int perLaunch, bool quick)
    {
        using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: precision, Parallel: parallel));
        var rows = new SyntheticRows(quick ? 100_000 : 1_000_000) { End = quick ? 100_000 : 1_000_000 };
        using var mirror = new CudaReplayMirror(device, rows);
        while (mirror.Advance() > 0)
        {
        }

        LearnerOptions options = sac ? new SacOptions { BatchSize = batch, HiddenSizes = [hidden, hidden] } : new Td3Options { BatchSize = batch, HiddenSizes = [hidden, hidden] };
        using var learner = (OffPolicyLearner)LearnerFactory.Create(options, Spec, device);
        using var training = new CudaTraining(learner, device, mirror, perLaunch);
        int launches = Math.Max(4, (batch == 256 ? 4000 : 100) / perLaunch);
        double seconds = Median(device, training.Launch, launches) / perLaunch;
        while (training.TryReport(out _))
        {
        }

        mirror.ThrowIfExhausted();
        Console.WriteLine(
            $"| {(sac ? "SAC" : "TD3")} | {batch} | {hidden} | {CudaKernelDevice.PrecisionName(precision)} | {(parallel ? "parallel" : "chained")} | {perLaunch} | " +
            $"{1 / seconds:f0} | {seconds * 1e6:f1} | {(sac ? SacOperations(batch, hidden) / seconds / 1e12 : 0):f1} |");
    }

    /// <summary>Batches from the host, one wait an update: what a learner does without a mirror.</summary>
    private static void HostBatches()
    {
        using var device = new CudaKernelDevice();
        using var learner = new SacLearner(new SacOptions(), Spec, device);
        using var batch = new BatchBuffer(Spec, 256);
        GoldenCheck.Fill(batch, 0);
        double seconds = Median(device, () => learner.Update(batch.View), 1000);
        Console.WriteLine($"\nSAC, batch 256, hidden 256, fp32, batches from the host and the report awaited: {1 / seconds:f0} updates/s");
    }

    /// <summary>Seconds of one call, the median of five rounds of <paramref name="count"/>.</summary>
    private static double Median(CudaKernelDevice device, Action call, int count)
    {
        double[] seconds = new double[5];
        for (int i = 0; i < count; i++)
        {
            call();
        }

        device.Synchronize();
        for (int round = 0; round < seconds.Length; round++)
        {
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < count; i++)
            {
                call();
            }

            device.Synchronize();
            seconds[round] = watch.Elapsed.TotalSeconds / count;
        }

        Array.Sort(seconds);
        return seconds[2];
    }

    /// <summary>Multiplications and additions of the matrix products of one SAC update, two hidden layers.</summary>
    private static double SacOperations(double b, double h)
    {
        double o = Spec.ObservationSize, a = Spec.ActionSize;
        double critics = 4 * b * (((o + a) * h) + (h * h) + h), policy = 2 * b * ((o * h) + (h * h) + (2 * a * h));
        double criticInputs = 4 * b * ((h * h) + h), actions = 4 * b * ((h * h) + h + (a * h)), policyInputs = 2 * b * ((h * h) + (2 * a * h));
        return (3 * policy) + policyInputs + (4 * critics) + criticInputs + actions;
    }

    /// <summary>Rows without a replay file: random numbers, stamped.</summary>
    private sealed class SyntheticRows(long capacity) : IReplayRows
    {
        private readonly byte[] rows = Make();

        public TransitionSpec Spec => SpeedTable.Spec;

        public long Capacity => capacity;

        public long First => 0;

        public long End { get; init; }

        public int Copy(long position, int count, Span<byte> destination)
        {
            int stride = Spec.StrideBytes, have = rows.Length / stride;
            for (int i = 0; i < count; i++)
            {
                Span<byte> row = destination.Slice(i * stride, stride);
                rows.AsSpan((int)((position + i) % have) * stride, stride).CopyTo(row);
                MemoryMarshal.Write(row, (ulong)(position + i + 1));
            }

            return count;
        }

        private static byte[] Make()
        {
            int stride = SpeedTable.Spec.StrideBytes;
            byte[] made = new byte[4096 * stride];
            for (int row = 0; row < 4096; row++)
            {
                Philox.Normals(9, NoiseStream.Exploration, (ulong)row, MemoryMarshal.Cast<byte, float>(made.AsSpan((row * stride) + 16, SpeedTable.Spec.PayloadBytes)));
            }

            return made;
        }
    }
}
