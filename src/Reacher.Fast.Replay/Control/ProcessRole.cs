namespace Reacher.Fast.Replay.Control;

/// <summary>What a process of a run does.</summary>
public enum ProcessRole
{
    /// <summary>Starts, watches and ends the others; one.</summary>
    Supervisor = 0,

    /// <summary>Updates the networks; one.</summary>
    Learner = 1,

    /// <summary>Acts and writes transitions; up to <see cref="ControlBlock.MaximumEnvironments"/>.</summary>
    Environment = 2,

    /// <summary>Measures the policy without exploration; up to <see cref="ControlBlock.MaximumEvaluators"/>.</summary>
    Evaluation = 3,

    /// <summary>Speaks to other machines: receives their rows, or sends this one's to the run's; at most one.</summary>
    Cluster = 4,
}

/// <summary>Why a run is to end.</summary>
public enum StopReason
{
    /// <summary>Nothing has asked the run to end.</summary>
    None = 0,

    /// <summary>A signal or the user asked for it.</summary>
    Interrupted = 1,

    /// <summary>The task is solved.</summary>
    Solved = 2,

    /// <summary>A process failed for good.</summary>
    Failed = 3,

    /// <summary>The configured number of steps is reached.</summary>
    MaximumSteps = 4,
}

/// <summary>Where a process is in its life.</summary>
public enum ProcessPhase
{
    /// <summary>No process has taken the slot.</summary>
    Absent = 0,

    /// <summary>The process opens its files and warms up.</summary>
    Starting = 1,

    /// <summary>The process is in its loop.</summary>
    Running = 2,

    /// <summary>The process is in its loop and waits for another process or the rate limiter.</summary>
    Waiting = 3,

    /// <summary>The process is writing to the disk: a checkpoint, the best policy, scores.</summary>
    Saving = 4,

    /// <summary>Ended cleanly. Older files may hold 5 and 7, which nothing writes any more.</summary>
    Stopped = 6,
}
