using Reacher.Fast.Core.Batch;
using TorchSharp;
using TorchSharp.Modules;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Networks;

/// <summary>A critic with a block around which its input goes.</summary>
internal sealed class ResidualCritic : torch.nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Linear first;
    private readonly Linear block;
    private readonly Linear value;

    public ResidualCritic(TransitionSpec spec)
        : base(nameof(ResidualCritic))
    {
        first = torch.nn.Linear(spec.ObservationSize + spec.ActionSize, 32);
        block = torch.nn.Linear(32, 32);
        value = torch.nn.Linear(32, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor observations, Tensor actions)
    {
        Tensor x = torch.nn.functional.relu(first.call(torch.cat([observations, actions], 1)));
        return value.call(x + torch.nn.functional.relu(block.call(x)));
    }
}
