using Reacher.Fast.Core.Kernels;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>SAC's distribution of actions (Haarnoja et al. 2018b, appendix C), as <see cref="IPolicyKernels.SquashedGaussian"/> has it.</summary>
internal static class SquashedGaussian
{
    private const double HalfRange = 0.5 * (IPolicyKernels.LogStandardDeviationMax - IPolicyKernels.LogStandardDeviationMin);

    /// <summary>
    /// a = tanh(u), u = mean + sigma eps, and log pi = sum_j (-eps^2 / 2 - log sigma - log(2 pi) / 2 - 2 (log 2 - u - softplus(-2u))).
    /// </summary>
    /// <param name="output">[B, 2A]: means, then raw log sigmas.</param>
    /// <param name="noise">eps, [B, A].</param>
    public static (Tensor Action, Tensor LogProbability) Sample(Tensor output, Tensor noise)
    {
        Tensor[] halves = output.chunk(2, 1);
        Tensor logSigma = IPolicyKernels.LogStandardDeviationMin + (HalfRange * (halves[1].tanh() + 1));
        Tensor u = halves[0] + (logSigma.exp() * noise);
        Tensor logSlope = 2 * (Math.Log(2) - u - torch.nn.functional.softplus(-2 * u)); // log(1 - tanh^2 u)
        Tensor logPi = (-0.5 * noise.square()) - logSigma - (0.5 * Math.Log(2 * Math.PI)) - logSlope;
        return (u.tanh(), logPi.sum(1));
    }
}
