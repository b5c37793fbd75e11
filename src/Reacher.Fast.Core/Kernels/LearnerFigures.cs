namespace Reacher.Fast.Core.Kernels;

/// <summary>
/// Where each figure of an update lies in the report tensor; what one op writes lies together. The kernels in
/// <c>native/cuda-kernels/loss.cu</c> hold the same numbers, so a new figure goes to the end.
/// </summary>
public static class ReportSlot
{
    /// <summary>Sum over the critics of the mean squared error.</summary>
    public const int CriticLoss = 0;

    /// <summary>The first critic's mean squared error.</summary>
    public const int Q1Loss = 1;

    /// <summary>The second critic's mean squared error.</summary>
    public const int Q2Loss = 2;

    /// <summary>Mean Q over critics and batch.</summary>
    public const int MeanQ = 3;

    /// <summary>Mean of the target y: what Q is drawn towards.</summary>
    public const int MeanTarget = 4;

    /// <summary>The policy's loss; that of the last policy update where they are delayed.</summary>
    public const int PolicyLoss = 5;

    /// <summary>Mean of -log pi of fresh actions (0 for TD3).</summary>
    public const int Entropy = 6;

    /// <summary>The entropy coefficient alpha after the update (0 for TD3).</summary>
    public const int EntropyCoefficient = 7;

    /// <summary>Norm of the critics' gradient before clipping; 0 when not measured.</summary>
    public const int CriticGradientNorm = 8;

    /// <summary>Norm of the policy's gradient before clipping; 0 when not measured.</summary>
    public const int PolicyGradientNorm = 9;

    /// <summary>Elements in the report tensor.</summary>
    public const int Count = 10;
}

/// <summary>A figure that a learner measures at every update.</summary>
public sealed record LearnerFigure : Figure
{
    /// <summary>The figure's <see cref="ReportSlot"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>What the figure is called in the middle of a sentence.</summary>
    public required string Words { get; init; }

    /// <summary>Whether only SAC measures it; TD3 leaves 0.</summary>
    public bool OnlySac { get; init; }
}

/// <summary>
/// Every figure of an update, one row each, in the order in which figures are written and drawn. To add one takes a slot and a row here,
/// and the op that writes it. Reports, gauges, metrics, curves, instruments and views loop over this table.
/// </summary>
public static class LearnerFigures
{
    /// <summary>All figures that a learner reports, in the order in which they are written; a row names its slot.</summary>
    public static IReadOnlyList<LearnerFigure> All { get; } =
    [
        new()
        {
            Slot = ReportSlot.CriticLoss, Name = "critic_loss", Words = "the critics' loss", Tag = "Losses/Value Loss",
            Description = "Both critics' mean squared errors, summed.", Instrument = "reacher_fast.critic.loss",
            Curve = new("Critic loss", "both", 1), Cell = new("Q", "loss {0:G3}", 2),
        },
        new()
        {
            Slot = ReportSlot.Q1Loss, Name = "q1_loss", Words = "the first critic's loss", Tag = "Losses/Q1 Loss",
            Description = "The first critic's mean squared error.", Curve = new("Critic loss", "Q1", 3),
        },
        new()
        {
            Slot = ReportSlot.Q2Loss, Name = "q2_loss", Words = "the second critic's loss", Tag = "Losses/Q2 Loss",
            Description = "The second critic's mean squared error.", Curve = new("Critic loss", "Q2", 4),
        },
        new()
        {
            Slot = ReportSlot.PolicyLoss, Name = "policy_loss", Words = "the policy's loss", Tag = "Losses/Policy Loss",
            Description = "The policy's loss.", Instrument = "reacher_fast.policy.loss",
            Curve = new("Policy loss", "policy loss", 2), Cell = new("policy loss", "{0:F2}"),
        },
        new()
        {
            Slot = ReportSlot.MeanQ, Name = "mean_q", Words = "the mean of Q", Tag = "Policy/Extrinsic Value",
            Description = "Mean of both critics over a batch.", Instrument = "reacher_fast.q.mean",
            Curve = new("Value", "Q", 1), Cell = new("Q", "{0:F2}"),
        },
        new()
        {
            Slot = ReportSlot.MeanTarget, Name = "mean_target", Words = "the mean target", Tag = "Policy/Target Value",
            Description = "Mean of the target.", Curve = new("Value", "target", 2), Cell = new("Q", "target {0:F2}", 1),
        },
        new()
        {
            Slot = ReportSlot.Entropy, Name = "entropy", Words = "the policy's entropy", Tag = "Policy/Entropy", OnlySac = true,
            Description = "Mean of -log pi.", Instrument = "reacher_fast.entropy",
            Curve = new("Entropy", "entropy", 3), Cell = new("policy loss", "entropy {0:F2}", 1),
        },
        new()
        {
            Slot = ReportSlot.EntropyCoefficient, Name = "entropy_coefficient", Words = "the entropy coefficient", OnlySac = true,
            Tag = "Policy/Continuous Entropy Coeff", Description = "alpha.", Instrument = "reacher_fast.entropy.coefficient",
            Curve = new("Entropy coefficient", "alpha", 4), Cell = new("alpha", "{0:G3}"),
        },
        new()
        {
            Slot = ReportSlot.CriticGradientNorm, Name = "critic_gradient_norm", Words = "the norm of the critics' gradient",
            Tag = "Gradients/Critic Norm", Description = "L2 norm of both critics' gradient, before clipping.",
            Curve = new("Gradient norms", "critics", 1), Cell = new("gradient norms", "{0:G3}"),
        },
        new()
        {
            Slot = ReportSlot.PolicyGradientNorm, Name = "policy_gradient_norm", Words = "the norm of the policy's gradient",
            Tag = "Gradients/Policy Norm", Description = "L2 norm of the policy's gradient, before clipping.",
            Curve = new("Gradient norms", "policy", 2), Cell = new("gradient norms", "critics, {0:G3} policy", 1),
        },
    ];

    /// <summary>The figure in a slot of the report tensor.</summary>
    /// <exception cref="InvalidOperationException">The slot is not in the table.</exception>
    public static LearnerFigure InSlot(int slot) => All.First(figure => figure.Slot == slot);
}
