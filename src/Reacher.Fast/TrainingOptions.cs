namespace Reacher.Fast;

/// <summary>
/// What a run of <see cref="Trainer"/> is to be like, besides how its algorithm learns. Null stands for the default that a run of one's own task
/// has, which <c>train --help</c> lists and explains under the same key.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Decisions of all agents together after which the run ends (<c>max_steps</c>); 0 for no limit.</summary>
    public long MaxTransitions { get; init; } = 500_000;

    /// <summary>The mean score at which the task is solved and the run ends (<c>threshold</c>); null for a task without one.</summary>
    public double? Threshold { get; init; }

    /// <summary>Evaluation episodes over which that mean is taken (<c>window</c>).</summary>
    public int? EvaluationWindow { get; init; }

    /// <summary>
    /// What the task is called in the run's files (the behaviour's name); null for the name of the environment's class, which is one agent's
    /// for environments of <c>VectorEnvironment.Of</c>.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>The run's folder in <see cref="ResultsFolder"/>; null for algorithm, date and time.</summary>
    public string? RunId { get; init; }

    /// <summary>The folder of all runs.</summary>
    public string ResultsFolder { get; init; } = "results";

    /// <summary>Whether to go on with the run of this <see cref="RunId"/>, whose newest checkpoint is loaded.</summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Seed of everything random; null takes the learner's, and draws one where that is 0. The same seed gives the same weights to the bit, on one
    /// kind of processor.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Where the learner computes: <c>auto</c>, <c>cpu</c>, <c>cuda[:N]</c>, <c>torch</c> or <c>torch-cuda[:N]</c>.</summary>
    public string? Device { get; init; }

    /// <summary>Threads of the learner on the processor (<c>learner_threads</c>).</summary>
    public int? Threads { get; init; }

    /// <summary>Discount of the next reward (<c>gamma</c>).</summary>
    public float? Gamma { get; init; }

    /// <summary>Rewards that are summed into a transition (<c>n_step</c>).</summary>
    public int? NStep { get; init; }

    /// <summary>Transitions for each update of the networks (<c>steps_per_update</c>).</summary>
    public double? TransitionsPerUpdate { get; init; }

    /// <summary>Transitions by random actions before the first update (<c>buffer_init_steps</c>).</summary>
    public long? WarmupTransitions { get; init; }

    /// <summary>Transitions that the replay holds (<c>buffer_size</c>).</summary>
    public long? BufferSize { get; init; }

    /// <summary>
    /// Whether to keep the replay once the run has ended by itself, so that a <see cref="Resume"/> with more to do goes on with it
    /// (<c>save_replay_buffer</c>); otherwise it is deleted then.
    /// </summary>
    public bool SaveReplay { get; init; }

    /// <summary>Takes sentences that a user should read, such as a warning, on the thread that trains; null drops them.</summary>
    public Action<string>? Log { get; init; }
}
