using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Training.Options;

/// <summary>A task that this program knows, and the options it begins with: what differs from the records' defaults stands here.</summary>
/// <param name="Environment">The environment's name in <c>env_path</c>; empty for one that is not known.</param>
/// <param name="WhoseDefaults">One sentence that says whose values the options have that were not given.</param>
/// <param name="Sac">What a run of it begins with, for SAC.</param>
/// <param name="Td3">The same for TD3.</param>
internal sealed record BuiltInTask(string Environment, string WhoseDefaults, RunOptions Sac, RunOptions Td3)
{
    /// <summary>From so many arms on the defaults are those for many arms.</summary>
    public const int FewestOfMany = 100;

    private static readonly ArmOptions Arms = new();

    private static readonly RunOptions SceneOptions = new()
    {
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = Arms.ArmCount, MaxSteps = Arms.MaxSteps },
        Threshold = 30,
        CooldownTransitions = 320_000,
        EvaluationAgents = Arms.ArmCount,
        EvaluationEpisodes = 10,
    };

    private static readonly RunOptions ManyOptions = SceneOptions with
    {
        Environment = SceneOptions.Environment with { Agents = 400 },
        Gamma = 0.98f,
        TransitionsPerUpdate = 60,
        WarmupTransitions = 50_000,
        CooldownTransitions = 2_400_000,
    };

    /// <summary>
    /// The arm, for the shortest time on the clock: 400 at once and few updates for each of their transitions, because what learning is short of
    /// is variety of data, and an arm's step costs next to nothing. It is evaluated as Unity's scene has it, by episodes of 20 arms, and
    /// solved by a mean of 30 over the window of evaluation episodes. Its numbers were found on it (docs/experiments.md) and are nobody
    /// else's.
    /// </summary>
    public static readonly BuiltInTask Arm = new(
        EnvironmentOptions.Arm,
        "Options that were not given have the values for many arms at once; --num-agents 20 has those of Unity's scene.",
        ManyOptions with { Learner = ForMany(new SacOptions { InitialAlpha = 0.005, AlphaLearningRate = 3e-4 }) },
        ManyOptions with
        {
            Learner = ForMany(new Td3Options { ActorLearningRate = 1e-3, PolicyDelay = 1 }),
            CooldownTransitions = 2_800_000,
        });

    /// <summary>Fewer arms than <see cref="FewestOfMany"/>: 20 of them are Unity's scene, and what counts is how few transitions they need.</summary>
    public static readonly BuiltInTask Scene = new(
        EnvironmentOptions.Arm,
        "Options that were not given have the values for the 20 arms of Unity's scene.",
        SceneOptions with { Learner = new SacOptions { InitialAlpha = 0.005, AlphaLearningRate = 1e-4 } },
        SceneOptions with { Learner = new Td3Options() });

    /// <summary>
    /// Any other environment, a Unity scene or one's own: nothing counts as solved unless the user says what, the run ends after ML-Agents'
    /// default of 500,000 transitions, and SAC tunes its entropy coefficient, because nothing is known of the size of the rewards.
    /// </summary>
    public static readonly BuiltInTask Default = Of(
        "",
        "Options that were not given have the values for a task that is not built in: nothing counts as solved without --threshold.",
        threshold: null,
        evaluationEpisodes: 5);

    /// <summary>The pendulum, for which a mean of -200 is what a policy that swings up and holds on scores at the least.</summary>
    public static readonly BuiltInTask Pendulum = Of(
        EnvironmentOptions.Pendulum, "Options that were not given have the pendulum's values.", threshold: -200, evaluationEpisodes: 10);

    /// <summary>The task of an environment.</summary>
    /// <param name="environment">Its name in <c>env_path</c>.</param>
    /// <param name="agents">The number of agents that was asked for; null where none was.</param>
    public static BuiltInTask Of(string environment, int? agents = null) =>
        environment == EnvironmentOptions.Arm && agents < FewestOfMany ? Scene
        : Array.Find([Arm, Pendulum], task => task.Environment == environment) ?? Default;

    /// <summary>What a run of this task by <paramref name="trainer"/> begins with.</summary>
    public RunOptions Begin(TrainerType trainer) => trainer == TrainerType.Sac ? Sac : Td3;

    private static LearnerOptions ForMany(LearnerOptions options) =>
        options with { Tau = 0.02f, PolicyAveraging = 0.002f, LayerNormCritics = false };

    private static BuiltInTask Of(string environment, string whoseDefaults, double? threshold, int evaluationEpisodes)
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
            environment, whoseDefaults, options with { Learner = new SacOptions() }, options with { Learner = new Td3Options() });
    }
}
