using static Reacher.Fast.Core.Kernels.Cuda.KernelArgument;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Adam, Polyak averaging, gradient clipping, the entropy coefficient.</summary>
public sealed partial class CudaKernelDevice
{
    /// <inheritdoc/>
    public void Adam(
        TensorBlock parameters, TensorBlock gradients, AdamState state, AdamOptions options, TensorBlock? target, float tau)
    {
        ArgumentNullException.ThrowIfNull(state);
        RequireAlike(gradients, parameters);
        RequireAlike(state.First, parameters);
        RequireAlike(state.Second, parameters);
        RequireShape(state.Step, 1, 1, 1);
        RequireShape(state.Schedule, 1, 1, 1);
        if (target is not null)
        {
            RequireAlike(target, parameters);
        }

        Launch(CudaKernels.AdvanceStep, 1, 1, 1, [Write(state.Step)]);

        LaunchOver(
            CudaKernels.Adam, parameters.Length,
            [Write(parameters), Read(gradients), Write(state.First), Write(state.Second), Read(state.Step), Read(state.Schedule),
             (float)options.LearningRate, OneMinus(options.Beta1), OneMinus(options.Beta2), (float)options.Epsilon,
             Log(options.Beta1), Log(options.Beta2), WriteOrNull(target), tau, parameters.Length]);
    }

    /// <inheritdoc/>
    public void ClipGradientNorm(TensorBlock gradients, float maximumNorm, Tensor report, int reportSlot)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        RequireShape(report, 1, 1, ReportSlot.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)reportSlot, (uint)ReportSlot.Count, nameof(reportSlot));
        int parts = (int)Math.Clamp(gradients.Length / 1024, 1, NormParts);
        // Without a limit the gradients are only measured, and the optimiser need not wait for that.
        bool limited = !float.IsPositiveInfinity(maximumNorm);
        Launch(
            CudaKernels.SquaredNorm, parts, 1, 1,
            [Read(gradients), Bytes(normScratch.Value, NormParts * sizeof(float), Access.Write), gradients.Length]);

        Launch(
            CudaKernels.ClipGradient, parts, 1, 1,
            [limited ? Write(gradients) : Read(gradients), Bytes(normScratch.Value, NormParts * sizeof(float), Access.Read), parts, maximumNorm,
             Bytes(report.Address + (reportSlot * sizeof(float)), sizeof(float), Access.Write), gradients.Length]);
    }

    /// <inheritdoc/>
    public void EntropyCoefficientStep(
        Tensor logProbability, float targetEntropy, AdamOptions options, Tensor state, Tensor entropyCoefficient, Tensor report)
    {
        ArgumentNullException.ThrowIfNull(logProbability);
        RequireShape(state, 1, 1, 5);
        RequireShape(entropyCoefficient, 1, 1, 1);
        RequireShape(report, 1, 1, ReportSlot.Count);
        Launch(
            CudaKernels.EntropyCoefficientStep, 1, 1, 1,
            [Read(logProbability), targetEntropy, (float)options.LearningRate, OneMinus(options.Beta1), OneMinus(options.Beta2),
             (float)options.Epsilon, Log(options.Beta1), Log(options.Beta2), Write(state), Write(entropyCoefficient),
             Bytes(report.Address + (ReportSlot.EntropyCoefficient * sizeof(float)), sizeof(float), Access.Write),
             logProbability.Columns]);
    }

    /// <summary>1 - beta, taken in double and rounded once; from a float32 beta it would be off by 1e-5.</summary>
    private static float OneMinus(double beta) => (float)(1 - beta);

    /// <summary>ln beta, taken in double and rounded once.</summary>
    private static float Log(double beta) => (float)Math.Log(beta);
}
