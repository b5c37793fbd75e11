using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Torch.Networks;
using TorchSharp;

namespace Reacher.Fast.Torch.Learner;

/// <summary>Makes a learner's networks, the default ones with the very weights that this project's own learners begin with.</summary>
internal static class NetworkFactory
{
    public static LearnerModules Create(
        LearnerOptions options, TransitionSpec spec, PolicySpec policy, TorchDevice device, torch.ScalarType type)
    {
        bool hasPolicyTarget = options is Td3Options || options.PolicyAveraging > 0;
        var modules = new LearnerModules(
            [.. Enumerable.Range(0, hasPolicyTarget ? 2 : 1).Select(_ => Place(DefaultNetworks.Policy(options, spec, policy.OutputSize)))],
            [.. Enumerable.Range(0, 4).Select(_ => Place(DefaultNetworks.Critic(options, spec)))],
            options.PolicyLearningRate,
            options.LearningRate);
        StateDictionary initial = Initial(options, spec);
        modules.Actor.LoadWeights(initial);
        modules.Critic.LoadWeights(initial);
        return modules;

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
