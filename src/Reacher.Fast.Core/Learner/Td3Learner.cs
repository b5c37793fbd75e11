using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018, algorithm 1): policy pi_phi and critics Q_theta1 and
/// Q_theta2, all with Polyak targets that, like the policy, move once in d updates. docs/algorithms.md maps the equations and
/// lists the deviations.
/// </summary>
public sealed class Td3Learner : OffPolicyLearner
{
    private readonly Td3Options options;

    /// <summary>A learner with fresh weights on <paramref name="device"/>, whose noise it takes over.</summary>
    /// <exception cref="InputException">An option is out of range.</exception>
    public Td3Learner(Td3Options options, TransitionSpec spec, IKernelDevice device)
        : base("td3", options, PolicyKind.Deterministic, spec, device, policyTarget: true)
    {
        this.options = options;
    }

    private protected override void UpdateCritics(bool withPolicy)
    {
        // a' = clip(pi_target(s') + clip(N(0, sigma~), -c, c));  y = r + discount min_i Q_target_i(s', a')         (eq. 10, 14)
        Tensor next = NextActorNetwork.Forward(Actor.Target!, Batch.NextObservations);
        Device.AddClippedNoise(next, NoiseStream.TargetSmoothing, options.SmoothingSigma, options.SmoothingClip, NextAction);
        Tensor targetQ = TargetCriticNetwork.Forward(Critic.Target!, Batch.NextObservations, NextAction);
        Device.Td3Target(Batch.Rewards, Batch.Discounts, targetQ, Y);

        // theta_i <- argmin mean (Q_theta_i(s, a) - y)^2; the targets move only when the policy does              (section 5.2)
        Tensor q = CriticNetwork.Forward(Critic.Parameters, Batch.Observations, Batch.Actions);
        Device.CriticLoss(q, Y, CriticNetwork.QGradient, Report);
        CriticNetwork.BackwardParameters(Critic.Parameters, Critic.Gradients);
        Critic.Step(options.GradientLimit, Report, ReportSlot.CriticGradientNorm, withPolicy ? options.Tau : 0);
    }

    private protected override void UpdatePolicy()
    {
        // grad_phi J(phi) = mean grad_a Q_theta1(s, a)|a=pi(s) grad_phi pi_phi(s)                                         (eq. 1)
        Tensor action = ActorNetwork.Forward(Actor.Parameters, Batch.Observations);
        Tensor q = PolicyCriticNetwork.Forward(Critic.Parameters, Batch.Observations, action);
        Device.Td3PolicyLoss(q, PolicyCriticNetwork.QGradient, Report);
        PolicyCriticNetwork.BackwardActions(Critic.Parameters, ActionGradient);
        Device.TanhBackward(ActionGradient, action, ActorNetwork.OutputGradient);
        ActorNetwork.Backward(Actor.Parameters, Batch.Observations, Actor.Gradients);

        // phi <- Adam;  phi_target <- phi_target + tau (phi - phi_target)
        Actor.Step(options.GradientLimit, Report, ReportSlot.PolicyGradientNorm, options.Tau);
    }
}
