namespace Reacher.Fast.Core.Kernels;

/// <summary>
/// Adam's constants (Kingma and Ba 2015, algorithm 1; torch.optim.Adam without weight decay). In double, because 1 - 0.999f is
/// off by 1.3e-5: round after subtracting.
/// </summary>
/// <param name="LearningRate">alpha in the paper.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the square root of the corrected second moment.</param>
public readonly record struct AdamOptions(double LearningRate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8);

/// <summary>One optimiser's memory: both moments over a parameter block, the number of steps taken and the schedule, in device memory.</summary>
/// <param name="First">First moments, of the parameters' shapes.</param>
/// <param name="Second">Second moments, of the parameters' shapes.</param>
/// <param name="Step">[1, 1, 1]: steps taken, a whole number, exact in float32 to 2^24, where it stays: bias correction is 1 by then.</param>
/// <param name="Schedule">[1, 1, 1]: what the learning rate is multiplied by. In device memory, so that a device which replays a
/// recording follows it too.</param>
public sealed record AdamState(TensorBlock First, TensorBlock Second, Tensor Step, Tensor Schedule);

/// <summary>Optimisers over whole parameter blocks, in one pass.</summary>
public interface IOptimizerKernels
{
    /// <summary>
    /// Advances <paramref name="state"/>'s step, then Adam over every element of <paramref name="parameters"/>; and, unless
    /// <paramref name="target"/> is null, in the same pass target += tau * (parameters - target) with the new parameters (Polyak).
    /// </summary>
    void Adam(
        TensorBlock parameters, TensorBlock gradients, AdamState state, AdamOptions options, TensorBlock? target, float tau);

    /// <summary>
    /// Writes the L2 norm of <paramref name="gradients"/> into slot <paramref name="reportSlot"/> of <paramref name="report"/>
    /// and scales the block by min(1, maximumNorm / (norm + 1e-6)) (torch.nn.utils.clip_grad_norm_). An infinite maximum
    /// measures without touching.
    /// </summary>
    void ClipGradientNorm(TensorBlock gradients, float maximumNorm, Tensor report, int reportSlot);

    /// <summary>
    /// The entropy coefficient's own step (Haarnoja et al. 2018b, eq. 18): L = -alpha * mean_b (log pi(b) + target), with respect
    /// to log alpha, by Adam. <paramref name="state"/> is [1, 1, 5]: log alpha, alpha, first moment, second moment, step;
    /// <paramref name="entropyCoefficient"/> [1, 1, 1] receives exp(log alpha), and so does the report.
    /// </summary>
    void EntropyCoefficientStep(
        Tensor logProbability, float targetEntropy, AdamOptions options, Tensor state, Tensor entropyCoefficient, Tensor report);
}
