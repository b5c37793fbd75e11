using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Testing;

namespace Reacher.Fast.Gpu;

/// <summary>Fifty updates on the GPU beside fifty on the scalar reference, from the same weights, batches and noise.</summary>
internal static class GoldenCheck
{
    private static readonly TransitionSpec Spec = new(33, 4);

    public static bool Run(Effort effort)
    {
        bool passed = true;
        int updates = effort == Effort.Dry ? 3 : 50;
        LearnerOptions[] learners =
        [
            PaperOptions.Sac with { BatchSize = 64, HiddenSizes = [64, 64] },
            PaperOptions.Sac with { BatchSize = 37, HiddenSizes = [40, 33], LayerNormCritics = true, MaximumGradientNorm = 1 },
            PaperOptions.Td3 with { BatchSize = 64, HiddenSizes = [64, 64] },
        ];
        foreach (LearnerOptions options in learners)
        {
            foreach (bool parallel in (bool[])[false, true])
            {
                double distance = Distance(options, parallel, updates);
                bool good = distance < 1e-4;
                passed &= good;
                Console.WriteLine(
                    $"{(good ? "ok  " : "FAIL")} {options.GetType().Name} parallel={parallel}: policy after {updates} updates differs " +
                    $"by {distance:e1}");
            }
        }

        return passed;
    }

    private static double Distance(LearnerOptions options, bool parallel, int updates)
    {
        using var scalar = new ScalarKernelDevice();
        using var cuda = new CudaKernelDevice(new CudaDeviceOptions(Parallel: parallel));
        using ILearner expected = LearnerFactory.Create(options, Spec, scalar), actual = LearnerFactory.Create(options, Spec, cuda);
        using var batch = new BatchBuffer(Spec, options.BatchSize);
        for (ulong update = 0; update < (ulong)updates; update++)
        {
            Fill(batch, update);
            expected.Update(batch.View);
            actual.Update(batch.View);
        }

        float[] policy = new float[expected.Policy.BlockLength], other = new float[policy.Length];
        expected.CopyPolicy(policy);
        actual.CopyPolicy(other);
        double difference = 0, size = 0;
        for (int i = 0; i < policy.Length; i++)
        {
            difference += Math.Pow((double)policy[i] - other[i], 2);
            size += Math.Pow(policy[i], 2);
        }

        return Math.Sqrt(difference / size);
    }

    internal static void Fill(BatchBuffer batch, ulong number)
    {
        Philox.Normals(1, NoiseStream.Exploration, number, batch.Observations);
        Philox.Normals(2, NoiseStream.Exploration, number, batch.NextObservations);
        Philox.Uniforms(3, NoiseStream.Exploration, number, batch.Actions);
        Philox.Normals(4, NoiseStream.Exploration, number, batch.Rewards);
        batch.Discounts.Fill(0.99f);
    }
}
