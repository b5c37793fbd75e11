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

        var advance = new KernelArguments();
        advance.Write(state.Step);
        Launch(CudaKernels.AdvanceStep, 1, 1, 1, advance);

        var arguments = new KernelArguments();
        arguments.Write(parameters);
        arguments.Read(gradients);
        arguments.Write(state.First);
        arguments.Write(state.Second);
        arguments.Read(state.Step);
        arguments.Read(state.Schedule);
        AddConstants(ref arguments, options);
        arguments.WriteOrNull(target);
        arguments.Value(tau);
        arguments.Value(parameters.Length);
        LaunchOver(CudaKernels.Adam, parameters.Length, arguments);
    }

    /// <inheritdoc/>
    public void Polyak(TensorBlock source, TensorBlock target, float tau)
    {
        RequireAlike(target, source);
        var arguments = new KernelArguments();
        arguments.Read(source);
        arguments.Write(target);
        arguments.Value(tau);
        arguments.Value(source.Length);
        LaunchOver(CudaKernels.Polyak, source.Length, arguments);
    }

    /// <inheritdoc/>
    public void ClipGradientNorm(TensorBlock gradients, float maximumNorm, Tensor report, int reportSlot)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        RequireShape(report, 1, 1, ReportSlot.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)reportSlot, (uint)ReportSlot.Count, nameof(reportSlot));
        int parts = (int)Math.Clamp(gradients.Length / 1024, 1, NormParts);
        var sums = new KernelArguments();
        sums.Read(gradients);
        sums.Memory(normScratch.Value, NormParts * sizeof(float), Access.Write);
        sums.Value(gradients.Length);
        Launch(CudaKernels.SquaredNorm, parts, 1, 1, sums);

        var arguments = new KernelArguments();
        arguments.Write(gradients);
        arguments.Memory(normScratch.Value, NormParts * sizeof(float), Access.Read);
        arguments.Value(parts);
        arguments.Value(maximumNorm);
        arguments.Memory(report.Address + (reportSlot * sizeof(float)), sizeof(float), Access.Write);
        arguments.Value(gradients.Length);
        Launch(CudaKernels.ClipGradient, parts, 1, 1, arguments);
    }

    /// <inheritdoc/>
    public void EntropyCoefficientStep(
        Tensor logProbability, float targetEntropy, AdamOptions options, Tensor state, Tensor entropyCoefficient, Tensor report)
    {
        ArgumentNullException.ThrowIfNull(logProbability);
        RequireShape(state, 1, 1, 5);
        RequireShape(entropyCoefficient, 1, 1, 1);
        RequireShape(report, 1, 1, ReportSlot.Count);
        var arguments = new KernelArguments();
        arguments.Read(logProbability);
        arguments.Value(targetEntropy);
        AddConstants(ref arguments, options);
        arguments.Write(state);
        arguments.Write(entropyCoefficient);
        arguments.Memory(report.Address + (ReportSlot.EntropyCoefficient * sizeof(float)), sizeof(float), Access.Write);
        arguments.Value(logProbability.Columns);
        Launch(CudaKernels.EntropyCoefficientStep, 1, 1, 1, arguments);
    }

    /// <summary>1 - beta and ln beta are taken in double here and rounded once; from a float32 beta they would be off by 1e-5.</summary>
    private static void AddConstants(ref KernelArguments arguments, AdamOptions options)
    {
        arguments.Value((float)options.LearningRate);
        arguments.Value((float)(1 - options.Beta1));
        arguments.Value((float)(1 - options.Beta2));
        arguments.Value((float)options.Epsilon);
        arguments.Value((float)Math.Log(options.Beta1));
        arguments.Value((float)Math.Log(options.Beta2));
    }
}
