using Reacher.Fast.Core;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Arm;

/// <summary>The scene, with the names and the default values of Unity's Reacher.</summary>
public sealed record ArmOptions
{
    /// <summary>Most arms in one environment.</summary>
    public const int MaximumArmCount = 4096;

    /// <summary>N, the number of arms, 1 to <see cref="MaximumArmCount"/>; Unity's second version has 20.</summary>
    public int ArmCount { get; init; } = 20;

    /// <summary><c>goal_speed</c>: a goal turns by a uniform draw from [-1, 1] times this, in degrees per physics step.</summary>
    public float GoalSpeed { get; init; } = 1f;

    /// <summary><c>goal_size</c>: the goal's diameter in metres; a hand touches it nearer than 1 m + half of this.</summary>
    public float GoalSize { get; init; } = 5f;

    /// <summary>The goal's height over the arm's root in metres: -1 in Udacity's build, 0 in later scenes.</summary>
    public float GoalHeight { get; init; } = -1f;

    /// <summary>
    /// Physics steps before the time limit, Unity's <c>maxStep</c>; an episode has <c>MaxSteps / 4 + 1</c> decisions because
    /// Unity notices the limit one decision late (4000 gives 1001). 0: no limit.
    /// </summary>
    public int MaxSteps { get; init; } = 4000;

    /// <summary>
    /// Whether the first physics step after an in-run reset turns torque into rotation with the orientations from before the
    /// reset, as Unity does because its transforms are not yet synchronised: a kick of order 1 rad/s. Off by default: no
    /// observation holds what the kick depends on.
    /// </summary>
    public bool UnityResetKick { get; init; }

    /// <summary>
    /// Which instructions step the arms; null takes <see cref="InstructionSets.Selected"/>, as the learner does. One that the
    /// processor lacks is emulated by the runtime: slow, but the same arithmetic.
    /// </summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Decisions in one episode, or <see cref="long.MaxValue"/> without a limit.</summary>
    public long DecisionsPerEpisode => MaxSteps == 0 ? long.MaxValue : (MaxSteps / ArmModel.StepsPerDecision) + 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="InputException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (ArmCount is < 1 or > MaximumArmCount)
        {
            throw new InputException($"The arm environment steps 1 to {MaximumArmCount} arms, not {ArmCount}; change the number of arms.");
        }

        if (MaxSteps < 0)
        {
            throw new InputException($"The arm's max_step is {MaxSteps}; give a number of physics steps, or 0 for no limit.");
        }

        CheckFinite("goal_speed", GoalSpeed, -180f, 180f);
        CheckFinite("goal_size", GoalSize, 0f, 1000f);
        CheckFinite("goal height", GoalHeight, -1000f, 1000f);
        if (InstructionSet is { } set && !Enum.IsDefined(set))
        {
            throw new InputException(
                $"There is no instruction set number {(int)set}; use Scalar, Vector128, Vector256 or Vector512, or none.");
        }
    }

    private static void CheckFinite(string name, float value, float low, float high)
    {
        if (!(value >= low && value <= high))
        {
            throw new InputException($"The arm's {name} is {value}; give a number from {low} to {high}.");
        }
    }
}
