using Reacher.Fast.Core.Kernels.Simd.Ops;

namespace Reacher.Fast.Core.Kernels.Simd;

internal sealed unsafe partial class SimdKernelDevice<T>
{
    /// <summary>
    /// What an element of a policy's output counts for when it is decided whether the team shares the work: a dozen
    /// transcendental functions, not one addition.
    /// </summary>
    private const int PolicyWeight = 16;

    /// <inheritdoc/>
    public void SquashedGaussian(Tensor output, NoiseStream stream, Tensor noise, Tensor action, Tensor logProbability)
    {
        SquashedGaussianWork<T> work = new()
        {
            Output = Matrix(output, 0),
            Noise = Matrix(noise, 0),
            Action = Matrix(action, 0),
            LogProbability = Row(logProbability),
            Seed = NoiseSeed,
            Update = UpdateCounter,
            Stream = stream,
        };
        Run(work, action.Shape.Elements * PolicyWeight);
    }

    /// <inheritdoc/>
    public void SquashedGaussianBackward(
        Tensor output, Tensor noise, Tensor action, Tensor actionGradient, Tensor entropyCoefficient, Tensor outputGradient)
    {
        SquashedGaussianBackwardWork<T> work = new()
        {
            Output = Matrix(output, 0),
            Noise = Matrix(noise, 0),
            Action = Matrix(action, 0),
            ActionGradient = Matrix(actionGradient, 0),
            EntropyCoefficient = Row(entropyCoefficient),
            OutputGradient = Matrix(outputGradient, 0),
        };
        Run(work, action.Shape.Elements * PolicyWeight);
    }

    /// <inheritdoc/>
    public void SquashedGaussianMode(Tensor output, Tensor action) =>
        Run(
            new SquashedGaussianModeWork<T> { Output = Matrix(output, 0), Action = Matrix(action, 0) },
            action.Shape.Elements * PolicyWeight);

    /// <inheritdoc/>
    public void AddClippedNoise(Tensor mean, NoiseStream stream, float sigma, float clip, Tensor action)
    {
        ClippedNoiseWork<T> work = new()
        {
            Mean = Matrix(mean, 0),
            Action = Matrix(action, 0),
            Sigma = sigma,
            Clip = clip,
            Seed = NoiseSeed,
            Update = UpdateCounter,
            Stream = stream,
        };
        Run(work, action.Shape.Elements * PolicyWeight);
    }

    /// <inheritdoc/>
    public void TanhBackward(Tensor dy, Tensor y, Tensor dx) =>
        Run(
            new TanhBackwardWork<T> { Dy = Row(dy), Y = Row(y), Dx = Row(dx), Floats = Floats(dx) },
            Floats(dx));

    /// <inheritdoc/>
    public void AdvanceNoise() => UpdateCounter++;
}
