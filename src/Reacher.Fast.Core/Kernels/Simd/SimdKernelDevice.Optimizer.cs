using Reacher.Fast.Core.Kernels.Simd.Ops;

namespace Reacher.Fast.Core.Kernels.Simd;

internal sealed unsafe partial class SimdKernelDevice<T>
{
    /// <summary>Steps are counted in a float, exact up to here; by then bias correction is 1.</summary>
    private const float LastStep = 1 << 24;

    /// <inheritdoc/>
    public void Adam(
        TensorBlock parameters, TensorBlock gradients, AdamState state, AdamOptions options, TensorBlock? target, float tau)
    {
        ArgumentNullException.ThrowIfNull(state);
        CheckAlike(parameters, gradients);
        CheckAlike(parameters, state.First);
        CheckAlike(parameters, state.Second);
        if (target is not null)
        {
            CheckAlike(parameters, target);
        }

        float* steps = Row(state.Step);
        *steps = Math.Min(*steps + 1f, LastStep);
        double correction1 = 1 - Math.Pow(options.Beta1, *steps), correction2 = 1 - Math.Pow(options.Beta2, *steps);
        AdamWork<T> work = new()
        {
            Parameters = (float*)parameters.Address,
            Gradients = (float*)gradients.Address,
            First = (float*)state.First.Address,
            Second = (float*)state.Second.Address,
            Target = target is null ? null : (float*)target.Address,
            Floats = parameters.Length,
            Beta1 = (float)options.Beta1,
            Beta2 = (float)options.Beta2,
            OneMinusBeta1 = (float)(1 - options.Beta1),
            OneMinusBeta2 = (float)(1 - options.Beta2),
            StepSize = (float)(options.LearningRate * *Row(state.Schedule) / correction1),
            ReciprocalRootCorrection2 = (float)(1 / Math.Sqrt(correction2)),
            Epsilon = (float)options.Epsilon,
            Tau = tau,
        };
        Run(work, parameters.Length);
    }

    /// <inheritdoc/>
    public void ClipGradientNorm(TensorBlock gradients, float maximumNorm, Tensor report, int reportSlot)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        int chunks = SquaredNormWork<T>.ChunksOf(gradients.Length);
        double* sums = (double*)Scratch(2L * chunks);
        SquaredNormWork<T> squares = new() { Values = (float*)gradients.Address, Floats = gradients.Length, Sums = sums };
        Run(squares, gradients.Length);
        double total = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            total += sums[chunk];
        }

        double norm = Math.Sqrt(total);
        Row(report)[reportSlot] = (float)norm;

        // A NaN norm scales too: what is wrong must spread and be found, not be passed over by a comparison.
        double scale = maximumNorm / (norm + 1e-6);
        if (!(scale >= 1))
        {
            ScaleWork<T> work = new()
            {
                Values = (float*)gradients.Address,
                Floats = gradients.Length,
                Scale = (float)scale,
            };
            Run(work, gradients.Length);
        }
    }

    /// <inheritdoc/>
    public void EntropyCoefficientStep(
        Tensor logProbability, float targetEntropy, AdamOptions options, Tensor state, Tensor entropyCoefficient, Tensor report)
    {
        ArgumentNullException.ThrowIfNull(logProbability);
        float* s = Row(state);
        double alpha = Math.Exp(s[0]);
        double mean = ChunkedSums.Sum(Row(logProbability), logProbability.Columns) / logProbability.Columns;
        double gradient = -alpha * (mean + targetEntropy);
        double first = options.Beta1 * s[2] + (1 - options.Beta1) * gradient;
        double second = options.Beta2 * s[3] + (1 - options.Beta2) * gradient * gradient;
        double step = Math.Min(s[4] + 1f, LastStep);
        double size = options.LearningRate / (1 - Math.Pow(options.Beta1, step));
        double root = Math.Sqrt(second) / Math.Sqrt(1 - Math.Pow(options.Beta2, step)) + options.Epsilon;
        float logAlpha = (float)(s[0] - size * first / root);
        s[0] = logAlpha;
        s[1] = (float)Math.Exp(logAlpha);
        s[2] = (float)first;
        s[3] = (float)second;
        s[4] = (float)step;
        *Row(entropyCoefficient) = s[1];
        Row(report)[ReportSlot.EntropyCoefficient] = s[1];
    }
}
