using System.Text.Json.Serialization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// Every option of a run: the learner's, the environment's, and here all others. A property with an <see cref="OptionAttribute"/> is a key
/// of the configuration file and a flag of the command line, and what it is initialised with is its default; a built-in task begins with
/// options of its own.
/// </summary>
internal record RunOptions
{
    /// <summary>The behaviour's name, which begins the names of its files.</summary>
    public string Behavior { get; init; } = "Reacher";

    /// <summary>How the algorithm learns. Their type says which algorithm it is.</summary>
    public LearnerOptions Learner { get; init; } = new SacOptions();

    /// <summary>The environment in which the run trains.</summary>
    public EnvironmentOptions Environment { get; init; } = new();

    [Option(OptionSection.Behavior, "trainer_type", "The algorithm; each has defaults of its own")]
    [JsonIgnore]
    public TrainerType Trainer => Learner is Td3Options ? TrainerType.Td3 : TrainerType.Sac;

    /// <summary>The algorithm's name in files and tables: sac or td3.</summary>
    [JsonIgnore]
    public string Algorithm => Trainer == TrainerType.Td3 ? "td3" : "sac";

    [Option(OptionSection.Behavior, "max_steps", "Transitions after which the run ends, solved or not; 0 for no limit", Minimum = 0)]
    public long TransitionLimit { get; init; }

    [Option(OptionSection.Behavior, "summary_freq", "Transitions from one line of metrics and TensorBoard points to the next",
        Minimum = 1)]
    public long SummaryInterval { get; init; } = 5000;

    [Option(OptionSection.Behavior, "cooldown_steps",
        "Transitions, once solved, before the run ends; learning rates stay for a third of them and then fall to zero; 0 to end at once",
        Minimum = 0)]
    public long CooldownTransitions { get; init; }

    [Option(OptionSection.Behavior, "checkpoint_interval",
        "Transitions from one checkpoint that is kept to the next; the newest state is saved every few seconds besides", Minimum = 1)]
    public long CheckpointInterval { get; init; } = 100_000;

    [Option(OptionSection.Behavior, "keep_checkpoints", "Checkpoints that are kept; older ones are deleted",
        Minimum = 1, Maximum = 10_000)]
    public int KeepCheckpoints { get; init; } = 5;

    [Option(OptionSection.Hyperparameters, "learning_rate_schedule",
        "Learning rates stay until the run cools down (constant), or fall linearly to nothing at max_steps (linear)", Order = 3)]
    public LearningRateSchedule LearningRateSchedule { get; init; }

    [Option(OptionSection.Hyperparameters, "buffer_size", "Transitions the replay holds; the space is reserved at the start",
        Minimum = 1, Maximum = 1L << 36, Order = 5)]
    public long BufferSize { get; init; } = 1_000_000;

    [Option(OptionSection.Hyperparameters, "buffer_init_steps", "Transitions by uniform random actions before the first update",
        Minimum = 0, Order = 6)]
    public long WarmupTransitions { get; init; } = 5000;

    [Option(OptionSection.Hyperparameters, "steps_per_update",
        "Transitions per update; 20 arms and 10 would make 2 updates for each step of all arms",
        Minimum = 0, AboveMinimum = true, Order = 7)]
    public double TransitionsPerUpdate { get; init; } = 3;

    [Option(OptionSection.Hyperparameters, "n_step", "Rewards summed into one transition before bootstrapping",
        Minimum = 1, Maximum = 64, Order = 9)]
    public int NStep { get; init; } = 3;

    [Option(OptionSection.Hyperparameters, "noise_hold", "Decisions that one draw of exploration noise lasts",
        Minimum = 1, Maximum = 10_000, Order = 15)]
    public int NoiseHold { get; init; } = 1;

    [Option(OptionSection.Hyperparameters, "warmup_hold", "Decisions that one random action lasts during the first steps",
        Minimum = 1, Maximum = 10_000, Order = 16)]
    public int WarmupHold { get; init; } = 10;

    [Option(OptionSection.Hyperparameters, "save_replay_buffer",
        "Keep the replay when the run has ended by itself, so that --resume with more to do goes on with it; otherwise it is deleted then",
        Order = 17)]
    public bool SaveReplay { get; init; }

    [Option(OptionSection.ExtrinsicReward, "gamma", "Discount of the next reward", Minimum = 0, Maximum = 1, Order = 1)]
    public float Gamma { get; init; } = 0.99f;

    [Option(OptionSection.Environment, "num_envs", "Environment processes",
        Minimum = 1, Maximum = ControlBlock.MaximumEnvironments, Order = 4)]
    public int EnvironmentCount { get; init; } = 1;

    [Option(OptionSection.Environment, "seed", "Seed of everything random; -1 draws one from 0 to 9999", Minimum = -1, Order = 8)]
    public long Seed { get; init; } = -1;

    [Option(OptionSection.Environment, "max_lifetime_restarts",
        "Deaths of a child process in a row that a run survives; -1 for no limit", Minimum = -1, Order = 9)]
    public int MaxLifetimeRestarts { get; init; } = 10;

    [RunIdOption(OptionSection.Checkpoint, "run_id", "The run's folder in results_dir; null for algorithm, date and time",
        Allowed = "a folder's name")]
    public string? RunId { get; init; }

    [Option(OptionSection.Checkpoint, "initialize_from", "Run id or checkpoint whose weights a new run begins with",
        Allowed = "a run id or a checkpoint")]
    public string? InitializeFrom { get; init; }

    [Option(OptionSection.Checkpoint, "results_dir", "Folder of all runs", Allowed = "a folder")]
    public string ResultsFolder { get; init; } = "results";

    [Option(OptionSection.Checkpoint, "resume", "Go on with the run of this id", IsTransient = true)]
    [JsonIgnore]
    public bool Resume { get; init; }

    [Option(OptionSection.Checkpoint, "force", "Delete the run of this id and begin anew", IsTransient = true)]
    [JsonIgnore]
    public bool Force { get; init; }

    [Option(OptionSection.Torch, "device",
        "Where the learner computes: cpu, cuda (the first GPU), cuda:N; auto takes a GPU where there is one, or else the processor; " +
        "torch and torch-cuda[:N] are TorchSharp on either",
        Allowed = "auto, cpu, cuda, cuda:N, torch, torch-cuda or torch-cuda:N", Pattern = "auto|cpu|(torch-)?cuda(:[0-9]{1,9})?|torch")]
    public string Device { get; init; } = "auto";

    [Option(OptionSection.Torch, "precision",
        "Operands of matrix products on a GPU: fp32, or rounded for its tensor cores to tf32 or bf16; the CPU's are fp32",
        Allowed = "fp32, tf32 or bf16", Pattern = "fp32|tf32|bf16")]
    public string Precision { get; init; } = "fp32";

    [Option(OptionSection.Torch, "batches",
        "Where a GPU's batches come from: mirror (the replay, in its memory), host (page-locked memory), " +
        "auto (mirror, where that is possible)",
        Allowed = "auto, mirror or host", Pattern = "auto|mirror|host")]
    public string Batches { get; init; } = "auto";

    [Option(OptionSection.Evaluation, "threshold", "Mean of the full window at which the task is solved; null where nothing counts as solved",
        Minimum = -1e9, Maximum = 1e9)]
    public double? Threshold { get; init; }

    [Option(OptionSection.Evaluation, "window", "Evaluation episodes in the window", Minimum = 1, Maximum = 100_000)]
    public int EvaluationWindow { get; init; } = 100;

    [Option(OptionSection.Evaluation, "evaluation_episodes",
        "Episodes that an evaluation plays side by side with one version of the policy; a Unity player plays one",
        Minimum = 1, Maximum = 10_000)]
    public int EvaluationEpisodes { get; init; } = 1;

    [Option(OptionSection.Evaluation, "evaluation_agents",
        "Agents of an evaluation's episode, whose mean is its score; null for num_agents", Minimum = 1, Maximum = 65_536)]
    public int? EvaluationAgents { get; init; }

    [Option(OptionSection.Evaluation, "evaluation_interval",
        "Transitions, counted from the end of buffer_init_steps, from one evaluation to the next, as published curves have them; 0 for as " +
        "often as it costs little", Minimum = 0)]
    public long EvaluationInterval { get; init; }

    [Option(OptionSection.Evaluation, "longest_episode",
        "Decisions after which an evaluation's episode is cut, so that one that would never end has a score; a warning says so",
        Minimum = 1, Maximum = 1_000_000_000)]
    public long LongestEpisode { get; init; } = 5000;

    [Option(OptionSection.Evaluation, "stop_when_solved", "End the run when it is solved and has cooled down; with --no-stop it goes on")]
    public bool StopWhenSolved { get; init; } = true;

    [Option(OptionSection.Evaluation, "final_evaluation",
        "Play a whole window with the policy that the run leaves, at its end; with --no-final-evaluation it ends without")]
    public bool FinalEvaluation { get; init; } = true;

    [Option(OptionSection.Process, "in_process", "One process in lock-step: reproducible to the bit for a seed and an instruction set")]
    public bool InProcess { get; init; }

    [Option(OptionSection.Process, "learner_threads",
        "Threads of the learner on the CPU; 0 for all processors but one", Minimum = 0, Maximum = 1024)]
    public int LearnerThreads { get; init; }

    [Option(OptionSection.Process, "publish_interval", "Updates from one publication of the weights to the next",
        Minimum = 1, Maximum = 1_000_000)]
    public int PublishInterval { get; init; } = 20;

    [Option(OptionSection.Process, "hung_seconds", "Seconds without a sign of life after which a child process is restarted",
        Minimum = 0.1, Maximum = 86_400)]
    public double HungSeconds { get; init; } = 1.5;

    [Option(OptionSection.TopLevel, "debug", "Write the stack trace of an error, too, as REACHER_FAST_TRACE=1 does")]
    public bool Debug { get; init; }

    /// <summary>Checks every option, and what concerns more than one.</summary>
    /// <exception cref="InputException">A value is out of range, or two contradict each other.</exception>
    public void Validate()
    {
        Learner.Validate();
        OptionAttribute.Require(this, typeof(RunOptions), "The run's");
        OptionAttribute.Require(Environment, typeof(EnvironmentOptions), "The environment's");
        OptionAttribute.Require(Environment.Engine, Environment.Engine.GetType(), "The engine's");
        if (Learner.BatchSize > BufferSize)
        {
            throw new InputException($"batch_size is {Learner.BatchSize} and buffer_size {BufferSize}; a batch must fit into the buffer.");
        }

        // With 0 updates begin as soon as there is a batch, as in ML-Agents.
        if (WarmupTransitions > 0 && Learner.BatchSize > WarmupTransitions)
        {
            throw new InputException(
                $"batch_size is {Learner.BatchSize} and buffer_init_steps {WarmupTransitions}; the first batch is drawn from these first steps, " +
                "so give as many of them as a batch has, or 0.");
        }

        if (WarmupTransitions > BufferSize)
        {
            throw new InputException(
                $"buffer_init_steps is {WarmupTransitions} and buffer_size {BufferSize}; the first steps must fit into the buffer.");
        }

        if (LearningRateSchedule == LearningRateSchedule.Linear && TransitionLimit == 0)
        {
            throw new InputException(
                "learning_rate_schedule is linear and max_steps 0, which is no limit; give max_steps, at which learning rates are to have fallen.");
        }

        if (Resume && Force)
        {
            throw new InputException("--resume and --force contradict each other; give one of them.");
        }

        if (Resume && RunId is null)
        {
            throw new InputException("--resume needs to know which run to go on with; name it with --run-id.");
        }

        if (EnvironmentCount > 1 && Environment.IsEditor)
        {
            throw new InputException($"num_envs is {EnvironmentCount} and env_path is editor, which is one player; leave num_envs at 1.");
        }

        if (Resume && InitializeFrom is not null)
        {
            throw new InputException(
                "--resume and --initialize-from contradict each other: a resumed run has its own weights; give one of them.");
        }
    }
}

/// <summary>An option that is the name of a run's folder.</summary>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
internal sealed class RunIdOptionAttribute(string section, string name, string meaning) : OptionAttribute(section, name, meaning)
{
    /// <inheritdoc/>
    public override string? Problem(string text) => RunId.Problem(text);
}
