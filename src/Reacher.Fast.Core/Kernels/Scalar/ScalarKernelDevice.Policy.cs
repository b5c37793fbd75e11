namespace Reacher.Fast.Core.Kernels.Scalar;

/// <summary>The policies' actions and their gradients, and the noise in them.</summary>
public sealed partial class ScalarKernelDevice
{
    private float[] normals = [];

    /// <inheritdoc/>
    public void SquashedGaussian(Tensor output, NoiseStream stream, Tensor noise, Tensor action, Tensor logProbability)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        ReadOnlySpan<float> o = Values(output, 1, batch, 2 * size);
        Span<float> eps = Values(noise, 1, batch, size), a = Values(action, 1, batch, size), logPi = Values(logProbability, 1, 1, batch);
        Philox.Normals(NoiseSeed, stream, UpdateCounter, eps);
        for (int b = 0; b < batch; b++)
        {
            double sum = 0;
            for (int j = 0; j < size; j++)
            {
                int at = (b * size) + j;
                double logSigma = LogSigma(o[(2 * b * size) + size + j]);
                double u = o[(2 * b * size) + j] + (Math.Exp(logSigma) * eps[at]);
                a[at] = (float)Math.Tanh(u);
                sum += (-0.5 * eps[at] * eps[at]) - logSigma - (0.5 * Math.Log(2 * Math.PI)) - LogOneMinusTanhSquared(u);
            }

            logPi[b] = (float)sum;
        }
    }

    /// <inheritdoc/>
    public void SquashedGaussianBackward(
        Tensor output, Tensor noise, Tensor action, Tensor actionGradient, Tensor entropyCoefficient, Tensor outputGradient)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        ReadOnlySpan<float> o = Values(output, 1, batch, 2 * size), eps = Values(noise, 1, batch, size);
        ReadOnlySpan<float> da = Values(actionGradient, 1, batch, size);
        Span<float> d = Values(outputGradient, 1, batch, 2 * size);
        double alphaOverB = (double)Values(entropyCoefficient, 1, 1, 1)[0] / batch;
        for (int at = 0; at < batch * size; at++)
        {
            int mean = (2 * (at / size) * size) + (at % size), raw = mean + size;
            double sigma = Math.Exp(LogSigma(o[raw]));
            double u = o[mean] + (sigma * eps[at]);

            // d(log pi)/du = 2 tanh u, and da/du = 1 - tanh^2 u, taken from u: from the stored action it would be lost to
            // cancellation once |u| > 8, where it is small but still says which way back is.
            double du = (alphaOverB * 2 * Math.Tanh(u)) + (da[at] * Math.Exp(LogOneMinusTanhSquared(u)));
            d[mean] = (float)du;
            d[raw] = (float)(((du * sigma * eps[at]) - alphaOverB) * LogSigmaSlope(o[raw]));
        }
    }

    /// <inheritdoc/>
    public void SquashedGaussianMode(Tensor output, Tensor action)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        ReadOnlySpan<float> o = Values(output, 1, batch, 2 * size);
        Span<float> a = Values(action);
        for (int at = 0; at < a.Length; at++)
        {
            a[at] = (float)Math.Tanh(o[(2 * (at / size) * size) + (at % size)]);
        }
    }

    /// <inheritdoc/>
    public void AddClippedNoise(Tensor mean, NoiseStream stream, float sigma, float clip, Tensor action)
    {
        ReadOnlySpan<float> m = Values(mean, 1, action.Rows, action.Columns);
        Span<float> a = Values(action);
        if (normals.Length < a.Length)
        {
            normals = new float[a.Length];
        }

        Philox.Normals(NoiseSeed, stream, UpdateCounter, normals.AsSpan(0, a.Length));
        for (int at = 0; at < a.Length; at++)
        {
            a[at] = (float)Math.Clamp(m[at] + Math.Clamp((double)sigma * normals[at], -clip, clip), -1, 1);
        }
    }

    /// <inheritdoc/>
    public void TanhBackward(Tensor dy, Tensor y, Tensor dx)
    {
        ReadOnlySpan<float> d = Values(dy, y.Heads, y.Rows, y.Columns), t = Values(y);
        Span<float> to = Values(dx, y.Heads, y.Rows, y.Columns);
        for (int at = 0; at < to.Length; at++)
        {
            to[at] = (float)(d[at] * (1.0 - ((double)t[at] * t[at])));
        }
    }

    /// <inheritdoc/>
    public void AdvanceNoise() => UpdateCounter++;

    /// <summary>log sigma = Min + (Max - Min) / 2 (tanh(raw) + 1).</summary>
    private static double LogSigma(double raw) =>
        IPolicyKernels.LogStandardDeviationMin + (LogSigmaHalfRange * (Math.Tanh(raw) + 1));

    private static double LogSigmaSlope(double raw) => LogSigmaHalfRange * Math.Exp(LogOneMinusTanhSquared(raw));

    private const double LogSigmaHalfRange = 0.5 * (IPolicyKernels.LogStandardDeviationMax - IPolicyKernels.LogStandardDeviationMin);

    /// <summary>log(1 - tanh^2 u) = 2 (log 2 - u - softplus(-2u)), finite for every finite u.</summary>
    private static double LogOneMinusTanhSquared(double u) =>
        2 * (Math.Log(2) - Math.Abs(u) - Math.Log(1 + Math.Exp(-2 * Math.Abs(u))));
}
