using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Training.Options;

/// <summary>A task that this program knows, and the options it begins with: what differs from the records' defaults stands here.</summary>
/// <param name="Environment">The environment's name in <c>env_path</c>; empty for one that is not known.</param>
/// <param name="Options">What a run of it begins with, for SAC.</param>
internal sealed record BuiltInTask(string Environment, RunOptions Options)
{
    private static readonly ArmOptions Scene = new();

    /// <summary>
    /// The 20-arm Reacher, in Unity's scene: solved by a mean of 30 over the window of evaluation episodes, and trained on for a while, which its
    /// policies repay.
    /// </summary>
    public static readonly BuiltInTask Arm = new(EnvironmentOptions.Arm, new RunOptions
    {
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = Scene.ArmCount, MaxSteps = Scene.MaxSteps },
        Threshold = 30,
        CooldownTransitions = 320_000,
    });

    /// <summary>
    /// Any other environment. It begins with the arm's numbers, which say nothing about another task; this is the one place to change that.
    /// </summary>
    public static readonly BuiltInTask Default = new("", Arm.Options);

    /// <summary>The pendulum, which has no options of its own yet.</summary>
    public static readonly BuiltInTask Pendulum = new(EnvironmentOptions.Pendulum, Default.Options);

    /// <summary>The task whose environment is called <paramref name="environment"/>.</summary>
    public static BuiltInTask Of(string environment) =>
        Array.Find([Arm, Pendulum], task => task.Environment == environment) ?? Default;

    /// <summary>What a run of this task by <paramref name="trainer"/> begins with.</summary>
    public RunOptions Begin(TrainerType trainer) => trainer == TrainerType.Sac ? Options : Options with { Learner = new Td3Options() };
}
