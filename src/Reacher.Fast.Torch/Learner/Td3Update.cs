using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Torch.Batch;
using Reacher.Fast.Torch.Kernels;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>
/// Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018, algorithm 1), as <see cref="Td3Learner"/> has it: policy pi_phi and
/// critics Q_theta1 and Q_theta2, all with Polyak targets that, like the policy, move once in d updates.
/// </summary>
internal sealed class Td3Update(
    Td3Options options, LearnerModules networks, Tensor tau, TorchTargets targets, TorchReport report) : ITorchUpdate
{
    public void UpdateCritics(TorchBatch batch, bool withPolicy, double learningRateScale)
    {
        // a' = clip(pi_target(s') + clip(N(0, sigma~), -c, c));  y = r + discount min_i Q_target_i(s', a')         (eq. 10, 14)
        Tensor y;
        using (torch.no_grad())
        {
            Tensor noise = (options.SmoothingSigma * batch.TargetNoise).clamp(-options.SmoothingClip, options.SmoothingClip);
            Tensor next = (networks.TargetPolicy!.call(batch.NextObservations).tanh() + noise).clamp(-1, 1);
            Tensor targetQ1 = networks.TargetCritic1.call(batch.NextObservations, next);
            Tensor targetQ2 = networks.TargetCritic2.call(batch.NextObservations, next);
            y = targets.Td3(batch.Rewards, batch.Discounts, targetQ1, targetQ2);
        }

        // theta_i <- argmin mean (Q_theta_i(s, a) - y)^2; the targets move only when the policy does              (section 5.2)
        Tensor loss = CriticLoss.Of(networks, batch, y, report);
        networks.Critic.Step(loss, options.GradientLimit, report[ReportSlot.CriticGradientNorm], learningRateScale);
        if (withPolicy)
        {
            networks.Critic.MoveTargets(tau);
        }
    }

    public void UpdatePolicy(TorchBatch batch, double learningRateScale)
    {
        // grad_phi J(phi) = mean grad_a Q_theta1(s, a)|a=pi(s) grad_phi pi_phi(s)                                         (eq. 1)
        Tensor action = networks.Policy.call(batch.Observations).tanh();
        Tensor loss = -networks.Critic1.call(batch.Observations, action).mean();

        // phi <- Adam;  phi_target <- phi_target + tau (phi - phi_target)
        networks.Actor.Step(loss, options.GradientLimit, report[ReportSlot.PolicyGradientNorm], learningRateScale);
        networks.Actor.MoveTargets(tau);
        report.Write(ReportSlot.PolicyLoss, loss.detach());
    }

    public void SaveState(StateDictionary state)
    {
    }

    public Action StageState(StateDictionary state) => static () => { };

    public void Dispose() => tau.Dispose();
}
