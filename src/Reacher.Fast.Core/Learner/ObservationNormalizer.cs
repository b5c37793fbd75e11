using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// Running mean and variance of the observations in the sampled batches, merged in double (Chan et al. 1983, eq. 2.1). The
/// learner owns the only one; its mean and scale travel with the policy's weights, so whoever acts uses what the learner
/// used (docs/regressions.md, F). Disabled, it does nothing and takes no place in a block.
/// </summary>
internal sealed class ObservationNormalizer
{
    /// <summary>Added to the variance: an observation that never changes stays 0 instead of its rounding being blown up.</summary>
    private const double VarianceFloor = 1e-6;

    private readonly IKernelDevice device;
    private readonly double[] mean;
    private readonly double[] squares;
    private readonly double[] batchMean;
    private readonly double[] batchSquares;
    private readonly float[] staging;
    private readonly Tensor meanTensor;
    private readonly Tensor scaleTensor;
    private long count;

    public ObservationNormalizer(IKernelDevice device, int observationSize, bool enabled)
    {
        this.device = device;
        Enabled = enabled;
        (mean, squares, batchMean, batchSquares) =
            (new double[observationSize], new double[observationSize], new double[observationSize], new double[observationSize]);
        staging = new float[observationSize];
        TensorBlock block = device.Allocate("normalizer", new("mean", 1, 1, observationSize), new("scale", 1, 1, observationSize));
        (meanTensor, scaleTensor) = (block[0], block[1]);
    }

    public bool Enabled { get; }

    /// <summary>Takes [B, O] observations into the statistics and their new values to the device.</summary>
    public void Merge(ReadOnlySpan<float> observations)
    {
        if (!Enabled)
        {
            return;
        }

        int size = mean.Length, rows = observations.Length / size;
        Array.Clear(batchMean);
        Array.Clear(batchSquares);
        for (int at = 0; at < observations.Length; at += size)
        {
            for (int i = 0; i < size; i++)
            {
                batchMean[i] += observations[at + i];
            }
        }

        for (int i = 0; i < size; i++)
        {
            batchMean[i] /= rows;
        }

        for (int at = 0; at < observations.Length; at += size)
        {
            for (int i = 0; i < size; i++)
            {
                double difference = observations[at + i] - batchMean[i];
                batchSquares[i] += difference * difference;
            }
        }

        double total = count + rows;
        for (int i = 0; i < size; i++)
        {
            double delta = batchMean[i] - mean[i];
            mean[i] += delta * rows / total;
            squares[i] += batchSquares[i] + (delta * delta * count * rows / total);
        }

        count += rows;
        Upload();
    }

    /// <summary>Normalises [1, B, O] in place on the device; an op.</summary>
    public void Normalize(Tensor observations)
    {
        if (Enabled)
        {
            device.Normalize(observations, meanTensor, scaleTensor, PolicySpec.NormalizationLimit, observations);
        }
    }

    /// <summary>Writes mean and scale as a policy's block has them; returns the floats written.</summary>
    public int CopyTo(Span<float> block)
    {
        for (int i = 0; Enabled && i < mean.Length; i++)
        {
            (block[i], block[mean.Length + i]) = ((float)mean[i], (float)Scale(i));
        }

        return Enabled ? 2 * mean.Length : 0;
    }

    public void SaveState(StateDictionary state)
    {
        if (Enabled)
        {
            state.Add("normalizer.count", count);
            state.Add("normalizer.mean", mean, mean.Length);
            state.Add("normalizer.squares", squares, squares.Length);
        }
    }

    /// <summary>Reads and checks; the action returned takes it over and cannot fail.</summary>
    public Action StageState(StateDictionary state)
    {
        if (!Enabled)
        {
            return static () => { };
        }

        long newCount = state.GetInt64("normalizer.count");
        double[] newMean = state.GetDoubles("normalizer.mean", mean.Length).ToArray();
        double[] newSquares = state.GetDoubles("normalizer.squares", squares.Length).ToArray();
        return () =>
        {
            count = newCount;
            newMean.CopyTo(mean, 0);
            newSquares.CopyTo(squares, 0);
            Upload();
        };
    }

    private double Scale(int i) => count == 0 ? 1 : 1 / Math.Sqrt((squares[i] / count) + VarianceFloor);

    private void Upload()
    {
        for (int i = 0; i < mean.Length; i++)
        {
            staging[i] = (float)mean[i];
        }

        device.Upload(staging, meanTensor);
        for (int i = 0; i < mean.Length; i++)
        {
            staging[i] = (float)Scale(i);
        }

        device.Upload(staging, scaleTensor);
    }
}
