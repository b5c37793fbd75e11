using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Learner;

/// <summary>The one place that knows which options make which learner.</summary>
public static class LearnerFactory
{
    /// <summary>A learner with fresh weights. It takes over the device's noise; the caller disposes the device after it.</summary>
    /// <exception cref="InputException">An option is out of range.</exception>
    public static ILearner Create(LearnerOptions options, TransitionSpec spec, IKernelDevice device) =>
        CreateOffPolicy(options, spec, device);

    /// <summary>The same, for a caller that goes on to queue its updates on a GPU (<see cref="CudaTraining"/>).</summary>
    /// <exception cref="InputException">An option is out of range.</exception>
    public static OffPolicyLearner CreateOffPolicy(LearnerOptions options, TransitionSpec spec, IKernelDevice device) => options switch
    {
        SacOptions sac => new SacLearner(sac, spec, device),
        Td3Options td3 => new Td3Learner(td3, spec, device),
        _ => throw new ArgumentException($"There is no learner for {options?.GetType().Name ?? "null"}.", nameof(options)),
    };
}
