using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Testing;

namespace Reacher.Fast.Gpu;

/// <summary>The speeds of docs/cuda.md's table: updates a second with the batch's draw included, and the fused target by itself.</summary>
internal static class UpdateSpeeds
{
    private static readonly TransitionSpec Spec = new(33, 4);

    public static void Run(Effort effort)
    {
        Target();
        Console.WriteLine("| algorithm | batch | hidden | precision | batches | graph | K | updates/s | us | TFLOP/s |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            foreach (bool sac in (bool[])[true, false])
            {
                Measure(new(sac, 256, 256, precision, K: 16), effort);
                if (effort == Effort.Full)
                {
                    Measure(new(sac, 256, 256, precision, K: 2), effort);
                    Measure(new(sac, 256, 256, precision, K: 16, Parallel: false), effort);
                }
            }
        }

        Measure(new(Sac: true, 256, 256, CudaPrecision.TensorFloat32, K: 8, Ring: true), effort);
        TrainDefaults(effort);
        OneByOne(effort);
        if (effort == Effort.Full)
        {
            Wide(effort);
        }
    }

    /// <summary>Larger batches and wider layers, where the matrix units are the limit and not the launches.</summary>
    private static void Wide(Effort effort)
    {
        Console.WriteLine();
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            foreach ((int batch, int hidden) in
                ((int, int)[])[(256, 512), (256, 1024), (1024, 256), (8192, 256), (8192, 512), (8192, 1024), (32768, 512)])
            {
                Measure(new(Sac: true, batch, hidden, precision, K: 2), effort);
            }

            Measure(new(Sac: false, 8192, 512, precision, K: 2), effort);
        }
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
        double seconds = DeviceTimer.Seconds(device, () => device.Run(program), 20) / 200;
        Console.WriteLine($"fused SAC target, batch 256: {seconds * 1e6:f2} us\n");
        Figure.Write("fused_target_us", seconds * 1e6);
    }

    private static void Measure(Case what, Effort effort)
    {
        if (effort == Effort.Dry)
        {
            what = what with { Batch = 16, Hidden = 16 };
        }

        using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: what.Precision, Parallel: what.Parallel));
        LearnerOptions options = what.Sac
            ? PaperOptions.Sac with { BatchSize = what.Batch, HiddenSizes = [what.Hidden, what.Hidden] }
            : PaperOptions.Td3 with { BatchSize = what.Batch, HiddenSizes = [what.Hidden, what.Hidden] };
        using var learner = LearnerFactory.CreateOffPolicy(options, Spec, device);
        double seconds = what.Ring ? FromRing(device, learner, what, effort) : FromMirror(device, learner, what, effort);
        double operations = what.Sac ? SacOperations(what.Batch, what.Hidden) / seconds / 1e12 : 0;
        string precision = CudaKernelDevice.PrecisionName(what.Precision), algorithm = what.Sac ? "sac" : "td3";
        Console.WriteLine(
            $"| {algorithm} | {what.Batch} | {what.Hidden} | {precision} | {(what.Ring ? "host ring" : "mirror")} | " +
            $"{(what.Parallel ? "parallel" : "chained")} | {what.K} | " +
            $"{1 / seconds:f0} | {seconds * 1e6:f1} | {operations:f1} |");
        string where = what.Ring ? "_ring" : what.Parallel ? "" : "_chained";
        Figure.Write($"{algorithm}_{what.Batch}_{what.Hidden}_{precision}_k{what.K}{where}", 1 / seconds);
        if (what.Sac && !what.Ring && what.Parallel)
        {
            Figure.Write($"tflops_{what.Batch}_{what.Hidden}_{precision}_k{what.K}", operations);
        }
    }

    /// <summary>
    /// What <c>train</c> does unless told otherwise: small, layer-normalised critics, an averaged policy, six updates for a step of 20
    /// agents.
    /// </summary>
    private static void TrainDefaults(Effort effort)
    {
        int size = effort == Effort.Dry ? 16 : 128;
        var what = new Case(Sac: true, size, size, CudaPrecision.Float32, K: 6);
        using var device = new CudaKernelDevice();
        using var learner = new SacLearner(
            PaperOptions.Sac with
            {
                BatchSize = size,
                HiddenSizes = [size, size],
                LayerNormCritics = true,
                PolicyAveraging = 0.0005f,
                InitialAlpha = 0.002,
                AlphaLearningRate = 0,
            },
            Spec,
            device);
        double seconds = FromMirror(device, learner, what, effort);
        Console.WriteLine(
            $"\nSAC with the defaults of train, batch {size}, hidden {size}, layer-normalised critics, fp32, mirror, K {what.K}: " +
            $"{1 / seconds:f0} updates/s");
        Figure.Write("train_defaults", 1 / seconds);
    }

    private static double FromMirror(CudaKernelDevice device, OffPolicyLearner learner, Case what, Effort effort)
    {
        int count = effort switch { Effort.Dry => 2_000, Effort.Full when what is { Batch: 256, Hidden: 256 } => 1_000_000, _ => 100_000 };
        using var mirror = new CudaReplayMirror(device, new SyntheticRows(Spec, count) { End = count });
        while (mirror.Advance() > 0)
        {
        }

        using var training = new CudaTraining(learner, device, mirror, what.K);
        double seconds = DeviceTimer.Seconds(device, training.Launch, Launches(what, effort)) / what.K;
        while (training.TryReport(out _))
        {
        }

        mirror.ThrowIfExhausted();
        return seconds;
    }

    private static double FromRing(CudaKernelDevice device, OffPolicyLearner learner, Case what, Effort effort)
    {
        using var ring = new CudaBatchRing(device, Spec, what.Batch, what.K);
        using var training = new CudaTraining(learner, device, ring, what.K);
        using var batch = new BatchBuffer(Spec, what.Batch);
        float[] rewards = new float[what.Batch];
        GoldenCheck.Fill(batch, 0);
        return DeviceTimer.Seconds(
            device,
            () =>
            {
                while (!ring.IsFull)
                {
                    learner.Observe(batch.View, rewards);
                    ring.Add(batch.View, rewards);
                }

                ring.Submit();
                training.Launch();
            },
            Launches(what, effort)) / what.K;
    }

    /// <summary>Batches from the host, one wait an update: what lock-step training does.</summary>
    private static void OneByOne(Effort effort)
    {
        int batchSize = effort == Effort.Dry ? 16 : 256;
        using var device = new CudaKernelDevice();
        SacOptions options = PaperOptions.Sac with { BatchSize = batchSize, HiddenSizes = [batchSize, batchSize] };
        using var learner = new SacLearner(options, Spec, device);
        using var batch = new BatchBuffer(Spec, batchSize);
        GoldenCheck.Fill(batch, 0);
        double seconds = DeviceTimer.Seconds(device, () => learner.Update(batch.View), effort == Effort.Dry ? 2 : 1000);
        Console.WriteLine($"\nSAC, batch {batchSize}, fp32, batches from the host and every report awaited: {1 / seconds:f0} updates/s");
    }

    private static int Launches(Case what, Effort effort)
    {
        int updates = what is { Batch: <= 256, Hidden: <= 256 } ? 2000 : what.Batch <= 1024 ? 300 : 20;
        return effort switch { Effort.Dry => 1, Effort.Quick => Math.Max(4, updates / 4 / what.K), _ => Math.Max(4, updates / what.K) };
    }

    /// <summary>Multiplications and additions of the matrix products of one SAC update, two hidden layers.</summary>
    private static double SacOperations(double b, double h)
    {
        double o = Spec.ObservationSize, a = Spec.ActionSize;
        double critics = 4 * b * (((o + a) * h) + (h * h) + h), policy = 2 * b * ((o * h) + (h * h) + (2 * a * h));
        double criticInputs = 4 * b * ((h * h) + h), actions = 4 * b * ((h * h) + h + (a * h)), policyInputs = 2 * b * ((h * h) + (2 * a * h));
        return (3 * policy) + policyInputs + (4 * critics) + criticInputs + actions;
    }

    private sealed record Case(bool Sac, int Batch, int Hidden, CudaPrecision Precision, int K, bool Parallel = true, bool Ring = false);
}
