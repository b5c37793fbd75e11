using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Torch.Networks;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>Makes a learner's networks, the default ones with the very weights that this project's own learners begin with.</summary>
internal static class NetworkFactory
{
    /// <summary>The networks that the options bring, or else the program's; null for none.</summary>
    public static TorchNetworks? Own(LearnerOptions options) =>
        options is ITorchOptions own ? own.Networks : OwnNetworks.Current as TorchNetworks;

    public static LearnerModules Create(
        LearnerOptions options, TransitionSpec spec, PolicySpec policy, TorchDevice device, torch.ScalarType type)
    {
        bool hasPolicyTarget = options is Td3Options || options.PolicyAveraging > 0;
        TorchNetworks? own = Own(options);
        torch.random.manual_seed(unchecked((long)options.Seed));
        var modules = new LearnerModules(
            [.. Enumerable.Range(0, hasPolicyTarget ? 2 : 1).Select(_ => Place(NewPolicy()))],
            [.. Enumerable.Range(0, 4).Select(_ => Place(NewCritic()))],
            options.PolicyLearningRate,
            options.LearningRate);
        StateDictionary initial = Initial(options, spec);
        if (own?.Policy is null)
        {
            modules.Actor.LoadWeights(initial);
        }

        if (own?.Critic is null)
        {
            modules.Critic.LoadWeights(initial);
        }

        return modules;

        torch.nn.Module<Tensor, Tensor> NewPolicy() =>
            policy.Architecture is TorchArchitecture architecture
                ? architecture.Make(policy)
                : DefaultNetworks.Policy(options, spec, policy.OutputSize);

        torch.nn.Module<Tensor, Tensor, Tensor> NewCritic() =>
            own?.Critic is { } make ? NetworkCheck.Critic(make(spec), spec) : DefaultNetworks.Critic(options, spec);

        T Place<T>(T module)
            where T : torch.nn.Module
        {
            module.to(device.Device).to(type);
            return module;
        }
    }

    // The reference learner draws them; a batch of one keeps it small.
    private static StateDictionary Initial(LearnerOptions options, TransitionSpec spec)
    {
        using var device = new ScalarKernelDevice();
        using ILearner learner = LearnerFactory.Create(options with { BatchSize = 1 }, spec, device);
        var state = new StateDictionary();
        learner.SaveState(state);
        return state;
    }
}
