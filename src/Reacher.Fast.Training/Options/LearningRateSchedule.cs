namespace Reacher.Fast.Training.Options;

/// <summary>How learning rates change over a run, as ML-Agents' <c>learning_rate_schedule</c> has it.</summary>
internal enum LearningRateSchedule
{
    /// <summary>They stay until the run cools down.</summary>
    Constant = 0,

    /// <summary>They fall linearly, from the first transition on, to ML-Agents' floor at <c>max_steps</c>.</summary>
    Linear = 1,
}
