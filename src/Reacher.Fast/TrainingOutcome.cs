namespace Reacher.Fast;

/// <summary>Why a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All its transitions were made.</summary>
    Finished,

    /// <summary>The mean of the evaluation window reached the threshold.</summary>
    Solved,

    /// <summary>It was cancelled; it goes on with <see cref="TrainingOptions.Resume"/> from its last checkpoint.</summary>
    Cancelled,
}
