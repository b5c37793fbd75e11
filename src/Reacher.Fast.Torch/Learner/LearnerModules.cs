using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>The networks of a learner as the papers name them, and what training keeps of them.</summary>
internal sealed class LearnerModules : IDisposable
{
    public LearnerModules(
        torch.nn.Module<Tensor, Tensor>[] policies, torch.nn.Module<Tensor, Tensor, Tensor>[] critics, double policyRate, double criticRate)
    {
        (Policy, TargetPolicy) = (policies[0], policies.Length > 1 ? policies[1] : null);
        (Critic1, Critic2, TargetCritic1, TargetCritic2) = (critics[0], critics[1], critics[2], critics[3]);
        Actor = new TrainedModules(["actor"], [Policy], TargetPolicy is null ? [] : [TargetPolicy], policyRate);
        Critic = new TrainedModules(["critic1", "critic2"], [Critic1, Critic2], [TargetCritic1, TargetCritic2], criticRate);
    }

    /// <summary>pi_phi: observations to the raw output.</summary>
    public torch.nn.Module<Tensor, Tensor> Policy { get; }

    /// <summary>TD3's target policy, or the average of SAC's; null where there is none.</summary>
    public torch.nn.Module<Tensor, Tensor>? TargetPolicy { get; }

    /// <summary>Q_theta1.</summary>
    public torch.nn.Module<Tensor, Tensor, Tensor> Critic1 { get; }

    /// <summary>Q_theta2.</summary>
    public torch.nn.Module<Tensor, Tensor, Tensor> Critic2 { get; }

    /// <summary>Q_theta1's target.</summary>
    public torch.nn.Module<Tensor, Tensor, Tensor> TargetCritic1 { get; }

    /// <summary>Q_theta2's target.</summary>
    public torch.nn.Module<Tensor, Tensor, Tensor> TargetCritic2 { get; }

    /// <summary>The policy with its optimiser and target.</summary>
    public TrainedModules Actor { get; }

    /// <summary>Both critics, which one optimiser steps together, with their targets.</summary>
    public TrainedModules Critic { get; }

    public void Dispose()
    {
        Actor.Dispose();
        Critic.Dispose();
    }
}
