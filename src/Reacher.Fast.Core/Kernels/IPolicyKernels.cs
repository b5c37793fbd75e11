namespace Reacher.Fast.Core.Kernels;

/// <summary>Which of an update's independent noises is drawn; part of the Philox counter, so no two ever share numbers.</summary>
public enum NoiseStream
{
    /// <summary>The next action of SAC's target.</summary>
    TargetAction = 0,

    /// <summary>The reparameterised action of SAC's policy loss.</summary>
    PolicyAction = 1,

    /// <summary>TD3's target policy smoothing.</summary>
    TargetSmoothing = 2,

    /// <summary>Exploration while acting.</summary>
    Exploration = 3,

    /// <summary>Weights at initialisation.</summary>
    Initialization = 4,

    /// <summary>Positions drawn from a replay in the device's memory.</summary>
    ReplaySampling = 5,
}

/// <summary>Policies' outputs: squashed Gaussian with log-probability and gradient, deterministic with clipped noise.</summary>
public interface IPolicyKernels
{
    /// <summary>
    /// Bounds of the smooth map from the network's raw output to log sigma,
    /// log sigma = Min + (Max - Min) / 2 * (tanh(raw) + 1); its gradient vanishes nowhere (docs/regressions.md, D).
    /// </summary>
    const float LogStandardDeviationMin = -5f;

    /// <summary>The upper end of the range that begins at <see cref="LogStandardDeviationMin"/>.</summary>
    const float LogStandardDeviationMax = 2f;

    /// <summary>
    /// Samples the squashed Gaussian (Haarnoja et al. 2018b, appendix C). <paramref name="output"/> [1, B, 2A] holds means, then
    /// raw log sigmas. u = mean + sigma * eps, a = tanh(u),
    /// log pi = sum_j (-eps^2 / 2 - log sigma - log(2 pi) / 2 - 2 (log 2 - u - softplus(-2u))).
    /// eps[b, j] is normal number b * A + j of <paramref name="stream"/> at the current update counter. Keeps eps in
    /// <paramref name="noise"/> [1, B, A]; <paramref name="action"/> is [1, B, A], <paramref name="logProbability"/> [1, 1, B].
    /// </summary>
    void SquashedGaussian(Tensor output, NoiseStream stream, Tensor noise, Tensor action, Tensor logProbability);

    /// <summary>
    /// Gradient of mean_b (alpha log pi(b)) + L_Q with respect to <paramref name="output"/>, given
    /// <paramref name="actionGradient"/> = dL_Q/da [1, B, A] through Q alone (already divided by B).
    /// <paramref name="entropyCoefficient"/> [1, 1, 1] is alpha. Writes <paramref name="outputGradient"/> [1, B, 2A].
    /// </summary>
    void SquashedGaussianBackward(
        Tensor output, Tensor noise, Tensor action, Tensor actionGradient, Tensor entropyCoefficient, Tensor outputGradient);

    /// <summary>The mode of the squashed Gaussian, a = tanh(mean), for evaluation. Shapes as in <see cref="SquashedGaussian"/>.</summary>
    void SquashedGaussianMode(Tensor output, Tensor action);

    /// <summary>
    /// action = clamp(mean + clamp(sigma * eps, -clip, clip), -1, 1): TD3's target policy smoothing (Fujimoto et al. 2018,
    /// eq. 14) and, with an infinite clip, its exploration. Both [1, B, A]; they may be the same tensor.
    /// </summary>
    void AddClippedNoise(Tensor mean, NoiseStream stream, float sigma, float clip, Tensor action);

    /// <summary>dx = dy * (1 - y^2), for y = tanh(x). All of one shape; dx may be dy.</summary>
    void TanhBackward(Tensor dy, Tensor y, Tensor dx);

    /// <summary>Adds 1 to the update counter that every noise draw of this device reads; the first op of an update.</summary>
    void AdvanceNoise();
}
