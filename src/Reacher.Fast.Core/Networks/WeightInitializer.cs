using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Networks;

/// <summary>How the weights are initialised.</summary>
public enum WeightInitialization
{
    /// <summary>
    /// Weights and biases uniform in +-1 / sqrt(inputs): torch.nn.Linear's default, and what the SAC and TD3 authors' code uses.
    /// </summary>
    UniformFanIn = 0,

    /// <summary>
    /// Orthonormal columns or rows times sqrt(2) in hidden layers, 1 in the critics' last and 0.01 in the policy's (which so
    /// begins with actions near 0); biases 0 (Saxe et al. 2014; gains as in Andrychowicz et al. 2021).
    /// </summary>
    Orthogonal = 1,
}

/// <summary>
/// Draws initial weights on the host, from Philox's initialisation stream, so that every device begins from the same ones.
/// Each tensor has a counter of its own and each head its own numbers: the twins are independent (docs/regressions.md, E).
/// </summary>
internal static class WeightInitializer
{
    /// <summary>Fills a network's block; <paramref name="network"/> tells networks of one seed apart.</summary>
    public static void Fill(
        IKernelDevice device, TensorBlock block, Parameter[] parameters, WeightInitialization kind, ulong seed, uint network)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            (Parameter parameter, ulong counter) = (parameters[i], ((ulong)network << 32) | (uint)i);
            float[] values = new float[parameter.Shape.Elements];
            bool matrix = parameter.Role is ParameterRole.Weight or ParameterRole.ValueWeight;
            if (parameter.Role == ParameterRole.Gain)
            {
                values.AsSpan().Fill(1);
            }
            else if (kind == WeightInitialization.UniformFanIn && (matrix || parameter.Role == ParameterRole.Bias))
            {
                Uniform(values, 1 / Math.Sqrt(parameter.FanIn), seed, counter);
            }
            else if (kind == WeightInitialization.Orthogonal && matrix)
            {
                double gain = !parameter.Output ? Math.Sqrt(2) : parameter.Role == ParameterRole.ValueWeight ? 1 : 0.01;
                Orthogonal(values, parameter.Shape, gain, seed, counter);
            }

            device.Upload(values, block[i]);
        }
    }

    private static void Uniform(Span<float> values, double bound, ulong seed, ulong counter)
    {
        Philox.Uniforms(seed, NoiseStream.Initialization, counter, values);
        foreach (ref float value in values)
        {
            value = (float)(bound * ((2.0 * value) - 1));
        }
    }

    /// <summary>Gram-Schmidt, twice over for full orthogonality in double, along the shorter side of each head's matrix.</summary>
    private static void Orthogonal(Span<float> values, TensorShape shape, double gain, ulong seed, ulong counter)
    {
        Philox.Normals(seed, NoiseStream.Initialization, counter, values);
        (int rows, int columns) = (shape.Rows, shape.Columns);
        (int count, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        (int vectorStride, int elementStride) = rows <= columns ? (columns, 1) : (1, columns);
        double[][] vectors = new double[count][];
        for (int head = 0; head < shape.Heads; head++)
        {
            Span<float> matrix = values.Slice(head * rows * columns, rows * columns);
            for (int v = 0; v < count; v++)
            {
                double[] vector = vectors[v] = new double[length];
                for (int e = 0; e < length; e++)
                {
                    vector[e] = matrix[(v * vectorStride) + (e * elementStride)];
                }

                for (int pass = 0; pass < 2; pass++)
                {
                    for (int other = 0; other < v; other++)
                    {
                        AddScaled(vector, vectors[other], -Dot(vector, vectors[other]));
                    }
                }

                double scale = 1 / Math.Sqrt(Dot(vector, vector));
                for (int e = 0; e < length; e++)
                {
                    vector[e] *= scale;
                    matrix[(v * vectorStride) + (e * elementStride)] = (float)(gain * vector[e]);
                }
            }
        }
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static void AddScaled(double[] to, double[] vector, double factor)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += factor * vector[i];
        }
    }
}
