namespace Reacher.Fast.Core.Environments;

/// <summary>What came of one agent's decision.</summary>
/// <param name="Reward">The reward of the decision.</param>
/// <param name="Terminated">Whether the task itself ended the episode, so that no value lies beyond it.</param>
/// <param name="Truncated">Whether a time limit ended it, so that the value goes on from the last observation.</param>
public readonly record struct StepResult(float Reward, bool Terminated = false, bool Truncated = false);
