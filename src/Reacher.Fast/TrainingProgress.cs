namespace Reacher.Fast;

/// <summary>How a run stands.</summary>
public sealed record TrainingProgress
{
    /// <summary>Seconds that the run has trained, interruptions left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>Decisions of all agents together.</summary>
    public required long Transitions { get; init; }

    /// <summary>Updates of the networks.</summary>
    public required long Updates { get; init; }

    /// <summary>Mean over the agents of the last training episode's score, with exploration; null before the first has ended.</summary>
    public double? TrainingScore { get; init; }

    /// <summary>Score of the last evaluation episode, without exploration: the mean over the agents; null before the first.</summary>
    public double? EvaluationScore { get; init; }

    /// <summary>Mean of the last evaluation episodes, as many as the window holds; null before the first.</summary>
    public double? WindowMean { get; init; }
}
