using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// Soft actor-critic (Haarnoja et al. 2018b, algorithm 1): policy pi_phi, critics Q_theta1 and Q_theta2 with Polyak targets, and an
/// entropy coefficient alpha that is tuned unless its learning rate is 0. docs/algorithms.md maps the equations and lists the deviations.
/// </summary>
public sealed class SacLearner : OffPolicyLearner
{
    private readonly SacOptions options;
    private readonly float targetEntropy;
    private readonly Tensor alpha;
    private readonly Tensor alphaState;
    private readonly Tensor epsilon;
    private readonly Tensor logPi;
    private readonly Tensor nextEpsilon;
    private readonly Tensor nextLogPi;

    /// <summary>A learner with fresh weights on <paramref name="device"/>, whose noise it takes over.</summary>
    /// <exception cref="InputException">An option is out of range.</exception>
    public SacLearner(SacOptions options, TransitionSpec spec, IKernelDevice device)
        : base("sac", options, PolicyKind.SquashedGaussian, spec, device, policyTarget: options is { PolicyAveraging: > 0 })
    {
        this.options = options;
        targetEntropy = options.TargetEntropy ?? -spec.ActionSize;
        TensorBlock block = device.Allocate(
            "sac",
            new("alpha", 1, 1, 1),
            new("alpha_state", 1, 1, 5),
            new("epsilon", 1, options.BatchSize, spec.ActionSize),
            new("log_pi", 1, 1, options.BatchSize),
            new("next_epsilon", 1, options.BatchSize, spec.ActionSize),
            new("next_log_pi", 1, 1, options.BatchSize));
        (alpha, alphaState, epsilon, logPi, nextEpsilon, nextLogPi) = (block[0], block[1], block[2], block[3], block[4], block[5]);
        float logAlpha = (float)Math.Log(options.InitialAlpha);
        device.Upload([MathF.Exp(logAlpha)], alpha);
        device.Upload([logAlpha, MathF.Exp(logAlpha), 0, 0, 0], alphaState);
    }

    private protected override void UpdateCritics(bool withPolicy)
    {
        // a' ~ pi_phi(.|s');  y = r + discount (min_i Q_target_i(s', a') - alpha log pi_phi(a'|s'))          (eq. 2, 3, 5)
        Tensor next = NextActorNetwork.Forward(Actor.Parameters, Batch.NextObservations);
        Device.SquashedGaussian(next, NoiseStream.TargetAction, nextEpsilon, NextAction, nextLogPi);
        Tensor targetQ = TargetCriticNetwork.Forward(Critic.Target!, Batch.NextObservations, NextAction);
        Device.SacTarget(Batch.Rewards, Batch.Discounts, targetQ, nextLogPi, alpha, Y);

        // J_Q(theta_i) = mean (Q_theta_i(s, a) - y)^2;  theta_i <- Adam;  target <- target + tau (theta - target)      (eq. 5, 6)
        Tensor q = CriticNetwork.Forward(Critic.Parameters, Batch.Observations, Batch.Actions);
        Device.CriticLoss(q, Y, CriticNetwork.QGradient, Report);
        CriticNetwork.BackwardParameters(Critic.Parameters, Critic.Gradients);
        Critic.Step(options.GradientLimit, Report, ReportSlot.CriticGradientNorm, options.Tau);
    }

    private protected override void UpdatePolicy()
    {
        // a = f_phi(epsilon; s);  J_pi(phi) = mean (alpha log pi_phi(a|s) - min_i Q_theta_i(s, a))                    (eq. 7, 9)
        Tensor output = ActorNetwork.Forward(Actor.Parameters, Batch.Observations);
        Device.SquashedGaussian(output, NoiseStream.PolicyAction, epsilon, Action, logPi);
        Tensor q = PolicyCriticNetwork.Forward(Critic.Parameters, Batch.Observations, Action);
        Device.SacPolicyLoss(q, logPi, alpha, PolicyCriticNetwork.QGradient, Report);

        // grad_phi J_pi through log pi and through the action                                                             (eq. 10)
        PolicyCriticNetwork.BackwardActions(Critic.Parameters, ActionGradient);
        Device.SquashedGaussianBackward(output, epsilon, Action, ActionGradient, alpha, ActorNetwork.OutputGradient);
        ActorNetwork.Backward(Actor.Parameters, Batch.Observations, Actor.Gradients);
        Actor.Step(options.GradientLimit, Report, ReportSlot.PolicyGradientNorm, options.PolicyAveraging);

        // J(alpha) = mean (-alpha log pi_phi(a|s) - alpha H_target), stepped in log alpha                                 (eq. 18)
        Device.EntropyCoefficientStep(logPi, targetEntropy, new AdamOptions(options.EntropyLearningRate), alphaState, alpha, Report);
    }

    private protected override void SaveAlgorithmState(StateDictionary state)
    {
        ParameterCodec.Save(Device, alpha, "alpha", state);
        ParameterCodec.Save(Device, alphaState, "optimizer.alpha", state);
    }

    private protected override Action StageAlgorithmState(StateDictionary state) =>
        ParameterCodec.Stage(Device, alpha, "alpha", state) + ParameterCodec.Stage(Device, alphaState, "optimizer.alpha", state);
}
