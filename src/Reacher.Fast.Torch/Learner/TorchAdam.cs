using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Torch.Interop;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>Adam over one network's parameters, or the twins' together (Kingma and Ba 2015, algorithm 1), as one op of libtorch.</summary>
internal sealed class TorchAdam : IDisposable
{
    private readonly Tensor[] parameters;
    private readonly AdamOptions options;

    public TorchAdam(Tensor[] parameters, double learningRate)
    {
        (this.parameters, options) = (parameters, new AdamOptions(learningRate));
        First = Array.ConvertAll(parameters, Zeros);
        Second = Array.ConvertAll(parameters, Zeros);
        Step = torch.zeros(1, torch.float32, parameters[0].device);
    }

    /// <summary>First moments, one for each parameter.</summary>
    public Tensor[] First { get; }

    /// <summary>Second moments.</summary>
    public Tensor[] Second { get; }

    /// <summary>Steps taken, [1] in float32, exact to 2^24, where adding 1 leaves it: both corrections are 1 by then.</summary>
    public Tensor Step { get; }

    /// <summary>phi &lt;- phi - lambda m^ / (sqrt(v^) + epsilon).</summary>
    public void Update(IReadOnlyList<Tensor> gradients, double learningRateScale)
    {
        using (torch.no_grad())
        {
            Step.add_(1);
            TorchShim.FusedAdam(
                parameters, gradients, First, Second, Step, options.LearningRate * learningRateScale, options.Beta1, options.Beta2, options.Epsilon);
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in First.Concat(Second).Append(Step))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Zeros(Tensor parameter) => torch.zeros_like(parameter, requires_grad: false);
}
