namespace Reacher.Fast.Core.Kernels.Scalar;

/// <summary>Adam, Polyak averaging, gradient clipping.</summary>
public sealed partial class ScalarKernelDevice
{
    /// <summary>Steps are counted in float32; beyond this both bias corrections are 1 to the last bit.</summary>
    private const float LargestStep = 1 << 24;

    /// <inheritdoc/>
    public void Adam(
        TensorBlock parameters, TensorBlock gradients, AdamState state, AdamOptions options, TensorBlock? target, float tau)
    {
        ArgumentNullException.ThrowIfNull(state);
        Span<float> p = Values(parameters), m = Values(state.First, parameters), v = Values(state.Second, parameters);
        ReadOnlySpan<float> g = Values(gradients, parameters);
        ref float step = ref Values(state.Step, 1, 1, 1)[0];
        step = Math.Min(step + 1, LargestStep);
        AdamOptions scheduled = options with { LearningRate = options.LearningRate * Values(state.Schedule, 1, 1, 1)[0] };
        (double correction1, double correction2) = BiasCorrections(step, options);
        for (int i = 0; i < p.Length; i++)
        {
            p[i] = (float)AdamStep(p[i], g[i], ref m[i], ref v[i], correction1, correction2, scheduled);
        }

        if (target is not null)
        {
            Span<float> t = Values(target, parameters);
            for (int i = 0; i < t.Length; i++)
            {
                t[i] = (float)(t[i] + (tau * ((double)p[i] - t[i])));
            }
        }
    }

    /// <inheritdoc/>
    public void ClipGradientNorm(TensorBlock gradients, float maximumNorm, Tensor report, int reportSlot)
    {
        Span<float> g = Values(gradients);
        double square = 0;
        foreach (float value in g)
        {
            square += (double)value * value;
        }

        double norm = Math.Sqrt(square);
        Values(report, 1, 1, ReportSlot.Count)[reportSlot] = (float)norm;
        double scale = maximumNorm / (norm + 1e-6);
        if (scale < 1)
        {
            for (int i = 0; i < g.Length; i++)
            {
                g[i] = (float)(g[i] * scale);
            }
        }
    }

    /// <inheritdoc/>
    public void EntropyCoefficientStep(
        Tensor logProbability, float targetEntropy, AdamOptions options, Tensor state, Tensor entropyCoefficient, Tensor report)
    {
        ReadOnlySpan<float> logPi = Values(logProbability);
        double mean = 0;
        foreach (float value in logPi)
        {
            mean += ((double)value + targetEntropy) / logPi.Length;
        }

        Span<float> s = Values(state, 1, 1, 5);
        s[4] = Math.Min(s[4] + 1, LargestStep);
        (double correction1, double correction2) = BiasCorrections(s[4], options);
        s[0] = (float)AdamStep(s[0], -Math.Exp(s[0]) * mean, ref s[2], ref s[3], correction1, correction2, options);
        s[1] = (float)Math.Exp(s[0]);
        Values(entropyCoefficient, 1, 1, 1)[0] = s[1];
        Values(report, 1, 1, ReportSlot.Count)[ReportSlot.EntropyCoefficient] = s[1];
    }

    /// <summary>Kingma and Ba 2015, algorithm 1, with epsilon added after the correction of the second moment, as there.</summary>
    private static double AdamStep(
        double p, double g, ref float first, ref float second, double correction1, double correction2, in AdamOptions options)
    {
        double m = (options.Beta1 * first) + ((1 - options.Beta1) * g);
        double v = (options.Beta2 * second) + ((1 - options.Beta2) * g * g);
        (first, second) = ((float)m, (float)v);
        return p - (options.LearningRate * (m / correction1) / (Math.Sqrt(v / correction2) + options.Epsilon));
    }

    /// <summary>1 - beta^t for both moments, which start at 0 and so are too small at first.</summary>
    private static (double First, double Second) BiasCorrections(double step, in AdamOptions options) =>
        (1 - Math.Pow(options.Beta1, step), 1 - Math.Pow(options.Beta2, step));
}
