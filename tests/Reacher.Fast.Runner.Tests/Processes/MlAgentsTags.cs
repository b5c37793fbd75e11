namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>
/// The curves that ML-Agents draws (release 21; its <c>sac/optimizer_torch.py</c>, <c>sac/trainer.py</c> and <c>agent_processor.py</c>).
/// </summary>
internal static class MlAgentsTags
{
    /// <summary>
    /// Of ML-Agents' SAC; but Discrete Entropy Coeff, there being no discrete actions, and Lesson Number, there being no curricula.
    /// </summary>
    public static readonly string[] OfSac =
    [
        "Environment/Cumulative Reward", "Environment/Cumulative Reward_hist", "Environment/Episode Length", "Policy/Entropy",
        "Policy/Extrinsic Value",
        "Policy/Extrinsic Reward", "Policy/Learning Rate", "Policy/Continuous Entropy Coeff", "Losses/Policy Loss", "Losses/Value Loss",
        "Losses/Q1 Loss",
        "Losses/Q2 Loss", "Is Training", "Hyperparameters/text_summary",
    ];
}
