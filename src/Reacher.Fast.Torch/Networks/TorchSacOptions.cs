using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>Soft actor-critic with networks of one's own, on the device <c>torch</c> or <c>torch-cuda</c>.</summary>
public sealed record TorchSacOptions : SacOptions, ITorchOptions
{
    /// <inheritdoc cref="TorchNetworks.Policy"/>
    public Func<TransitionSpec, torch.nn.Module<Tensor, Tensor>>? Policy
    {
        get => Networks.Policy;
        init => Networks = Networks with { Policy = value };
    }

    /// <inheritdoc cref="TorchNetworks.Critic"/>
    public Func<TransitionSpec, torch.nn.Module<Tensor, Tensor, Tensor>>? Critic
    {
        get => Networks.Critic;
        init => Networks = Networks with { Critic = value };
    }

    /// <inheritdoc/>
    public TorchNetworks Networks { get; init; } = new();

    /// <inheritdoc/>
    public IPolicyArchitecture? Architecture => Networks.Architecture;
}
