using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Training.Options;

/// <summary>A task that this program knows, and the options it begins with: what differs from the records' defaults stands here.</summary>
/// <param name="Environment">The environment's name in <c>env_path</c>; empty for one that is not known.</param>
/// <param name="Sac">What a run of it begins with, for SAC.</param>
/// <param name="Td3">The same for TD3.</param>
internal sealed record BuiltInTask(string Environment, RunOptions Sac, RunOptions Td3)
{
    private static readonly ArmOptions Scene = new();

    private static readonly RunOptions ArmOptions = new()
    {
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = Scene.ArmCount, MaxSteps = Scene.MaxSteps },
        Threshold = 30,
        CooldownTransitions = 320_000,
        EvaluationAgents = Scene.ArmCount,
        EvaluationEpisodes = 10,
    };

    /// <summary>
    /// The 20-arm Reacher, in Unity's scene: solved by a mean of 30 over the window of evaluation episodes, and trained on for a while, which its
    /// policies repay. Its numbers were found on it (docs/experiments.md) and are nobody else's.
    /// </summary>
    public static readonly BuiltInTask Arm = new(
        EnvironmentOptions.Arm,
        ArmOptions with { Learner = new SacOptions { InitialAlpha = SacOptions.KeptAlpha } },
        ArmOptions with { Learner = new Td3Options() });

    /// <summary>
    /// Any other environment, a Unity scene or one's own: nothing counts as solved unless the user says what, the run ends after ML-Agents'
    /// default of 500,000 transitions, and SAC tunes its entropy coefficient, because nothing is known of the size of the rewards.
    /// </summary>
    public static readonly BuiltInTask Default = Of("", threshold: null, evaluationEpisodes: 5);

    /// <summary>The pendulum, for which a mean of -200 is what a policy that swings up and holds on scores at the least.</summary>
    public static readonly BuiltInTask Pendulum = Of(EnvironmentOptions.Pendulum, threshold: -200, evaluationEpisodes: 10);

    /// <summary>One sentence that says whose values the options have that were not given.</summary>
    public string WhoseDefaults => Environment switch
    {
        EnvironmentOptions.Arm => "Options that were not given have the arm's values.",
        EnvironmentOptions.Pendulum => "Options that were not given have the pendulum's values.",
        _ => "Options that were not given have the values for a task that is not built in: nothing counts as solved without --threshold.",
    };

    /// <summary>The task whose environment is called <paramref name="environment"/>.</summary>
    public static BuiltInTask Of(string environment) =>
        Array.Find([Arm, Pendulum], task => task.Environment == environment) ?? Default;

    /// <summary>What a run of this task by <paramref name="trainer"/> begins with.</summary>
    public RunOptions Begin(TrainerType trainer) => trainer == TrainerType.Sac ? Sac : Td3;

    private static BuiltInTask Of(string environment, double? threshold, int evaluationEpisodes)
    {
        var options = new RunOptions
        {
            Environment = new EnvironmentOptions { Name = environment.Length > 0 ? environment : EnvironmentOptions.Arm, Agents = 8 },
            Threshold = threshold,
            TransitionLimit = 500_000,
            TransitionsPerUpdate = 1,
            WarmupTransitions = 2000,
            EvaluationEpisodes = evaluationEpisodes,
        };
        return new BuiltInTask(
            environment, options with { Learner = new SacOptions() }, options with { Learner = new Td3Options() });
    }
}
