using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Testing;

/// <summary>Policies with random weights, and the plain double-precision arithmetic of one.</summary>
public static class Policies
{
    public static float[] RandomBlock(PolicySpec spec, int seed)
    {
        var random = new Random(seed);
        float[] block = new float[spec.BlockLength];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = (float)((random.NextDouble() - 0.5) * 0.2);
        }

        if (spec.NormalizeObservations)
        {
            for (int i = 0; i < spec.ObservationSize; i++)
            {
                // Scales that clamp some observations and not others.
                block[i] = (float)(random.NextDouble() * 4);
                block[spec.ObservationSize + i] = (float)Math.Exp((random.NextDouble() * 6) - 3);
            }
        }

        return block;
    }

    public static float[] Observations(PolicySpec spec, int count, int seed)
    {
        var random = new Random(seed);
        float[] observations = new float[count * spec.ObservationSize];
        for (int i = 0; i < observations.Length; i++)
        {
            observations[i] = (float)((random.NextDouble() - 0.5) * 20);
        }

        return observations;
    }

    /// <summary>The last layer's outputs, before any squashing.</summary>
    public static double[] Outputs(PolicySpec spec, ReadOnlySpan<float> block, ReadOnlySpan<float> observation)
    {
        double[] x = new double[spec.ObservationSize];
        int at = spec.NormalizeObservations ? 2 * spec.ObservationSize : 0;
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = spec.NormalizeObservations
                ? Math.Clamp((observation[i] - (double)block[i]) * block[spec.ObservationSize + i], -PolicySpec.NormalizationLimit,
                    PolicySpec.NormalizationLimit)
                : observation[i];
        }

        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            (int inputs, int outputs) = (spec.Inputs(layer), spec.Outputs(layer));
            double[] y = new double[outputs];
            for (int o = 0; o < outputs; o++)
            {
                y[o] = block[at + (inputs * outputs) + o];
                for (int i = 0; i < inputs; i++)
                {
                    y[o] += x[i] * block[at + (i * outputs) + o];
                }

                y[o] = layer < spec.LayerCount - 1 ? Math.Max(y[o], 0) : y[o];
            }

            at += (inputs + 1) * outputs;
            x = y;
        }

        return x;
    }
}
