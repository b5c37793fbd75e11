using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Testing;

namespace Reacher.Fast.Gpu;

/// <summary>Both ways of the data to the GPU, while they are in use: what only real streams can get wrong.</summary>
internal static class DataCheck
{
    private static readonly TransitionSpec Spec = new(33, 4);

    public static bool Run(Effort effort)
    {
        (string Name, bool Good)[] checks =
        [
            ("batches from the mirror are whole rows of their moment while rows arrive", Mirror(effort == Effort.Dry ? 20 : 400)),
            ("updates through the ring are the updates one by one, to the bit", Ring(effort == Effort.Dry ? 4 : 200)),
            ("updates from the mirror give the same bits whatever runs beside what", Repeats(effort == Effort.Dry ? 2 : 100)),
        ];
        foreach ((string name, bool good) in checks)
        {
            Console.WriteLine($"{(good ? "ok  " : "FAIL")} {name}");
        }

        return checks.All(static check => check.Good);
    }

    // Draws are queued without a wait while the ring is overwritten many times over; looked at when all is done.
    private static bool Mirror(int rounds)
    {
        const int batch = 256, perRound = 300, capacity = 2000;
        using var device = new CudaKernelDevice { NoiseSeed = (ulong)Environment.TickCount64 };
        var rows = new SyntheticRows(Spec, capacity);
        using var mirror = new CudaReplayMirror(device, rows, perRound);
        TensorBlock[] batches = new TensorBlock[rounds];
        for (int i = 0; i < rounds; i++)
        {
            batches[i] = device.Allocate(
                "batch", new("s", 1, batch, 33), new("a", 1, batch, 4), new("r", 1, 1, batch), new("d", 1, 1, batch), new("n", 1, batch, 33));
        }

        for (int i = 0; i < rounds; i++)
        {
            rows.End += perRound;
            mirror.Advance();
            device.AdvanceNoise();
            mirror.Gather(batches[i][0], batches[i][1], batches[i][2], batches[i][3], batches[i][4]);
        }

        mirror.ThrowIfExhausted();
        bool good = true;
        for (int i = 0; i < rounds; i++)
        {
            float[][] parts = [.. batches[i].Tensors.Select(tensor => Read(device, tensor))];
            long end = (long)perRound * (i + 1);
            var allowed = new HashSet<float>();
            for (long position = Math.Max(0, end - capacity); position < end; position++)
            {
                allowed.Add(SyntheticRows.Value(position));
            }

            for (int b = 0; b < batch; b++)
            {
                float value = parts[2][b];
                good &= allowed.Contains(value) && parts[3][b] == value
                    && Same(parts[0], b, 33, value) && Same(parts[1], b, 4, value) && Same(parts[4], b, 33, value);
            }
        }

        return good;
    }

    private static bool Ring(int launches)
    {
        const int perLaunch = 4;
        var options = PaperOptions.Sac with { BatchSize = 64, HiddenSizes = [64, 64], PolicyAveraging = 0.01f };
        using var device = new CudaKernelDevice();
        using var learner = LearnerFactory.CreateOffPolicy(options, Spec, device);
        using var ring = new CudaBatchRing(device, Spec, options.BatchSize, perLaunch);
        using var training = new CudaTraining(learner, device, ring, perLaunch);
        using var other = new CudaKernelDevice();
        using ILearner oneByOne = LearnerFactory.Create(options, Spec, other);
        using var batch = new BatchBuffer(Spec, options.BatchSize);
        float[] rewards = new float[options.BatchSize];
        for (int update = 0; update < perLaunch * launches; update++)
        {
            GoldenCheck.Fill(batch, (ulong)update);
            learner.Observe(batch.View, rewards);
            ring.Add(batch.View, rewards);
            if (ring.IsFull)
            {
                ring.Submit();
                training.Launch();
            }
        }

        for (int update = 0; update < perLaunch * launches; update++)
        {
            GoldenCheck.Fill(batch, (ulong)update);
            oneByOne.Update(batch.View);
        }

        return Policy(learner).AsSpan().SequenceEqual(Policy(oneByOne));
    }

    private static bool Repeats(int launches)
    {
        float[] Train(bool parallel)
        {
            using var device = new CudaKernelDevice(new CudaDeviceOptions(Parallel: parallel));
            using var mirror = new CudaReplayMirror(device, new SyntheticRows(Spec, 5000) { End = 5000 });
            while (mirror.Advance() > 0)
            {
            }

            SacOptions options = PaperOptions.Sac with { BatchSize = 64, HiddenSizes = [64, 64] };
            using var learner = LearnerFactory.CreateOffPolicy(options, Spec, device);
            using var training = new CudaTraining(learner, device, mirror, 4);
            for (int i = 0; i < launches; i++)
            {
                training.Launch();
            }

            return Policy(learner);
        }

        float[] first = Train(true);
        return first.AsSpan().SequenceEqual(Train(true)) && first.AsSpan().SequenceEqual(Train(false));
    }

    private static float[] Policy(ILearner learner)
    {
        float[] block = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(block);
        return block;
    }

    private static float[] Read(CudaKernelDevice device, Tensor tensor)
    {
        float[] values = new float[tensor.Shape.Elements];
        device.Download(tensor, values);
        return values;
    }

    private static bool Same(float[] values, int row, int columns, float value) =>
        !values.AsSpan(row * columns, columns).ContainsAnyExcept(value);
}
