namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The ops' formulas once more, in double and for one head, independent of any device.</summary>
internal static class DoubleFormulas
{
    public static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);

    /// <summary>x [B, in] w [in, out] + c [out].</summary>
    public static double[] Linear(ReadOnlySpan<double> x, ReadOnlySpan<double> w, ReadOnlySpan<double> c, int batch)
    {
        (int inputs, int outputs) = (x.Length / batch, c.Length);
        double[] y = new double[batch * outputs];
        for (int at = 0; at < y.Length; at++)
        {
            y[at] = c[at % outputs];
            for (int i = 0; i < inputs; i++)
            {
                y[at] += x[(at / outputs * inputs) + i] * w[(i * outputs) + (at % outputs)];
            }
        }

        return y;
    }

    /// <summary>gain (x - mean) / sqrt(variance + 1e-5) + shift, row by row.</summary>
    public static double[] LayerNorm(ReadOnlySpan<double> x, ReadOnlySpan<double> gain, ReadOnlySpan<double> shift)
    {
        int features = gain.Length;
        double[] y = new double[x.Length];
        for (int row = 0; row < x.Length; row += features)
        {
            double sum = 0, squares = 0;
            for (int i = 0; i < features; i++)
            {
                sum += x[row + i];
            }

            for (int i = 0; i < features; i++)
            {
                squares += Math.Pow(x[row + i] - (sum / features), 2);
            }

            for (int i = 0; i < features; i++)
            {
                y[row + i] = (gain[i] * (x[row + i] - (sum / features)) / Math.Sqrt((squares / features) + 1e-5)) + shift[i];
            }
        }

        return y;
    }

    public static double[] ReLU(double[] x) => Array.ConvertAll(x, value => Math.Max(0, value));

    public static double[] Tanh(double[] x) => Array.ConvertAll(x, Math.Tanh);

    public static double Dot(IReadOnlyList<double> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < right.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    public static double LogSigma(double raw) => -5 + (7.0 / 2 * (Math.Tanh(raw) + 1));

    /// <summary>u and log pi of the squashed Gaussian for one sample of A actions, from means, raw log sigmas and noise.</summary>
    public static (double[] U, double LogPi) SquashedGaussian(ReadOnlySpan<double> output, ReadOnlySpan<float> noise)
    {
        double[] u = new double[noise.Length];
        double logPi = 0;
        for (int j = 0; j < u.Length; j++)
        {
            double logSigma = LogSigma(output[u.Length + j]);
            u[j] = output[j] + (Math.Exp(logSigma) * noise[j]);

            // log N(u; mean, sigma) - log |da/du|, with da/du = 1 / cosh^2 u.
            double logCosh = Math.Abs(u[j]) + Math.Log(1 + Math.Exp(-2 * Math.Abs(u[j]))) - Math.Log(2);
            logPi += (-0.5 * noise[j] * noise[j]) - logSigma - (0.5 * Math.Log(2 * Math.PI)) + (2 * logCosh);
        }

        return (u, logPi);
    }
}
