namespace Reacher.Fast.Core.Options;

/// <summary>The mappings of a configuration file in which options lie. Names and nesting are ML-Agents' where it has them.</summary>
public static class OptionSection
{
    /// <summary>Stands for the behaviour's name in a section.</summary>
    public const string AnyBehavior = "*";

    /// <summary>How long and how often: what is said of the behaviour itself.</summary>
    public const string Behavior = "behaviors.*";

    /// <summary>The algorithm's settings.</summary>
    public const string Hyperparameters = Behavior + ".hyperparameters";

    /// <summary>The shape of policy and critics.</summary>
    public const string Network = Behavior + ".network_settings";

    /// <summary>The environment's own reward.</summary>
    public const string ExtrinsicReward = Behavior + ".reward_signals.extrinsic";

    /// <summary>Which environments are trained in, and how many.</summary>
    public const string Environment = "env_settings";

    /// <summary>What Unity's engine is asked for.</summary>
    public const string Engine = "engine_settings";

    /// <summary>The run's folder and what it begins with.</summary>
    public const string Checkpoint = "checkpoint_settings";

    /// <summary>Where the learner computes.</summary>
    public const string Torch = "torch_settings";

    /// <summary>When a task is solved.</summary>
    public const string Evaluation = "evaluation_settings";

    /// <summary>The run's processes.</summary>
    public const string Process = "process_settings";

    /// <summary>Outside any mapping.</summary>
    public const string TopLevel = "";

    /// <summary>All of them in the order in which they are printed.</summary>
    public static IReadOnlyList<string> InOrder { get; } =
    [
        Behavior, Hyperparameters, Network, ExtrinsicReward, Environment, Engine, Checkpoint, Torch, Evaluation, Process, TopLevel,
    ];
}
