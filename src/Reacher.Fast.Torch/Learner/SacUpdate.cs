using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Torch.Batch;
using Reacher.Fast.Torch.Kernels;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>
/// Soft actor-critic (Haarnoja et al. 2018b, algorithm 1), as <see cref="SacLearner"/> has it: policy pi_phi, critics Q_theta1 and Q_theta2 with
/// Polyak targets, and an entropy coefficient alpha that is tuned where its learning rate is above 0.
/// </summary>
internal sealed class SacUpdate(
    SacOptions options, int actionSize, LearnerModules networks, EntropyCoefficient alpha, TorchTargets targets, TorchReport report) : ITorchUpdate
{
    private readonly float targetEntropy = options.TargetEntropy ?? -actionSize;
    private readonly Tensor tau = alpha.Constant(options.Tau);
    private readonly Tensor averaging = alpha.Constant(options.PolicyAveraging);

    public void UpdateCritics(TorchBatch batch, bool withPolicy, double learningRateScale)
    {
        // a' ~ pi_phi(.|s');  y = r + discount (min_i Q_target_i(s', a') - alpha log pi_phi(a'|s'))          (eq. 2, 3, 5)
        Tensor y;
        using (torch.no_grad())
        {
            (Tensor next, Tensor nextLogPi) = SquashedGaussian.Sample(networks.Policy.call(batch.NextObservations), batch.TargetNoise);
            Tensor targetQ1 = networks.TargetCritic1.call(batch.NextObservations, next);
            Tensor targetQ2 = networks.TargetCritic2.call(batch.NextObservations, next);
            y = targets.Sac(batch.Rewards, batch.Discounts, targetQ1, targetQ2, nextLogPi, alpha.Value);
        }

        // J_Q(theta_i) = mean (Q_theta_i(s, a) - y)^2;  theta_i <- Adam;  target <- target + tau (theta - target)      (eq. 5, 6)
        Tensor loss = CriticLoss.Of(networks, batch, y, report);
        networks.Critic.Step(loss, options.GradientLimit, report[ReportSlot.CriticGradientNorm], learningRateScale);
        networks.Critic.MoveTargets(tau);
    }

    public void UpdatePolicy(TorchBatch batch, double learningRateScale)
    {
        // a = f_phi(epsilon; s);  J_pi(phi) = mean (alpha log pi_phi(a|s) - min_i Q_theta_i(s, a))                (eq. 7, 9, 10)
        (Tensor action, Tensor logPi) = SquashedGaussian.Sample(networks.Policy.call(batch.Observations), batch.PolicyNoise);
        Tensor q1 = networks.Critic1.call(batch.Observations, action), q2 = networks.Critic2.call(batch.Observations, action);
        Tensor loss = ((alpha.Value * logPi) - torch.minimum(q1, q2).reshape(-1)).mean();
        networks.Actor.Step(loss, options.GradientLimit, report[ReportSlot.PolicyGradientNorm], learningRateScale);
        if (options.PolicyAveraging > 0)
        {
            networks.Actor.MoveTargets(averaging);
        }

        // J(alpha) = mean (-alpha log pi_phi(a|s) - alpha H_target), stepped in log alpha                                 (eq. 18)
        Tensor entropy = -logPi.detach().mean();
        alpha.Step(entropy - targetEntropy);
        report.Write(ReportSlot.PolicyLoss, loss.detach());
        report.Write(ReportSlot.Entropy, entropy);
        report.Write(ReportSlot.EntropyCoefficient, alpha.Value);
    }

    public void SaveState(StateDictionary state) => alpha.SaveState(state);

    public Action StageState(StateDictionary state) => alpha.StageState(state);

    public void Dispose()
    {
        alpha.Dispose();
        tau.Dispose();
        averaging.Dispose();
    }
}
