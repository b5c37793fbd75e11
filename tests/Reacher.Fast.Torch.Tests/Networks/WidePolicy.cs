using Reacher.Fast.Core.Batch;
using TorchSharp;
using TorchSharp.Modules;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Networks;

/// <summary>A SAC policy that is none of this project's layers: two heads, and another activation.</summary>
internal sealed class WidePolicy : torch.nn.Module<Tensor, Tensor>
{
    private readonly Linear body;
    private readonly Linear mean;
    private readonly Linear logSigma;

    public WidePolicy(TransitionSpec spec)
        : base(nameof(WidePolicy))
    {
        body = torch.nn.Linear(spec.ObservationSize, 32);
        mean = torch.nn.Linear(32, spec.ActionSize);
        logSigma = torch.nn.Linear(32, spec.ActionSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor observations)
    {
        Tensor x = torch.nn.functional.silu(body.call(observations));
        return torch.cat([mean.call(x), logSigma.call(x)], 1);
    }
}
