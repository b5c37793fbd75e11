using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>
/// Networks of a program's own, made as often as they are needed. Each is made on the processor, with weights of its own, and moved to the device.
/// </summary>
public sealed record TorchNetworks : IOwnNetworks
{
    private readonly Func<TransitionSpec, torch.nn.Module<Tensor, Tensor>>? policy;

    /// <summary>
    /// Makes the policy: observations [B, O] to means and raw log sigmas [B, 2A] with SAC, to actions before their tanh [B, A] with TD3. Null for
    /// this project's layers.
    /// </summary>
    public Func<TransitionSpec, torch.nn.Module<Tensor, Tensor>>? Policy
    {
        get => policy;
        init => (policy, Architecture) = (value, value is null ? null : new TorchArchitecture(value));
    }

    /// <summary>Makes a critic: observations [B, O] and actions [B, A] to values [B, 1]. Called four times. Null for this project's layers.</summary>
    public Func<TransitionSpec, torch.nn.Module<Tensor, Tensor, Tensor>>? Critic { get; init; }

    /// <inheritdoc/>
    public IPolicyArchitecture? Architecture { get; private init; }

    /// <summary>
    /// From here on runs of this program with the device <c>torch</c> or <c>torch-cuda</c> learn with these networks, and policies of this class are
    /// understood. The processes of a run are this program too, so this is called before anything else.
    /// </summary>
    /// <exception cref="InputException">The policy cannot be made, as where there is no libtorch.</exception>
    public static void Use(TorchNetworks networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        OwnNetworks.Use(networks);
    }
}
