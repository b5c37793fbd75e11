using Reacher.Fast.Core;
using Reacher.Fast.Core.Vectors;
using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// N arms and their goals without episodes: what <see cref="ArmEnvironment"/> steps and what a recording is verified with.
/// One implementation is the double-precision reference, the other steps one arm per vector lane.
/// </summary>
public abstract class ArmBatch : IDisposable
{
    private protected ArmBatch(int count, float goalHeight, float goalSize)
    {
        Count = count;
        GoalHeight = goalHeight;
        TouchDistance = (float)(HandRadius + (0.5 * goalSize));
    }

    /// <summary>N, how many arms there are.</summary>
    public int Count { get; }

    /// <summary>The instructions that step these arms.</summary>
    public abstract InstructionSet InstructionSet { get; }

    /// <summary>How many metres the goals stand above the arms' roots.</summary>
    public float GoalHeight { get; }

    /// <summary>A hand's centre nearer than this to the goal's is rewarded.</summary>
    public float TouchDistance { get; }

    /// <summary>Arms of the scene in <paramref name="options"/>, all at reset, their goals at 0 degrees and still.</summary>
    /// <exception cref="InputException">
    /// An option is invalid, or the environment variable forces an instruction set that is unknown or that this processor lacks.
    /// </exception>
    public static ArmBatch Create(ArmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (int count, float height, float size) = (options.ArmCount, options.GoalHeight, options.GoalSize);
        return (options.InstructionSet ?? InstructionSets.Selected) switch
        {
            InstructionSet.Scalar => new ScalarArmBatch(count, height, size),
            InstructionSet.Vector512 => new WideArmBatch<Simd512>(count, height, size),
            InstructionSet.Vector256 => new WideArmBatch<Simd256>(count, height, size),
            _ => new WideArmBatch<Simd128>(count, height, size),
        };
    }

    /// <summary>Starts an episode: the arm hangs at rest, its goal stands at <paramref name="goalDegree"/>.</summary>
    /// <param name="arm">0 to N - 1.</param>
    /// <param name="goalDegree">Degrees; 0 lies on +z, 90 on +x.</param>
    /// <param name="goalSpeed">Degrees per physics step.</param>
    /// <param name="kick">Whether the next physics step converts torque with the orientations from before this call.</param>
    public abstract void Reset(int arm, float goalDegree, float goalSpeed, bool kick = false);

    /// <summary>Starts an episode whose goal is the one that an observation shows.</summary>
    /// <param name="arm">0 to N - 1.</param>
    /// <param name="observation">33 floats, of which only the goal's are read.</param>
    /// <param name="kick">Whether the next physics step converts torque with the orientations from before this call.</param>
    public void Reset(int arm, ReadOnlySpan<float> observation, bool kick = false) =>
        Reset(arm, (float)GoalDegree(observation), observation[32], kick);

    /// <summary>Puts an arm and its goal into the state that an observation describes.</summary>
    /// <param name="arm">0 to N - 1.</param>
    /// <param name="observation">33 floats, as <see cref="Observe"/> writes them.</param>
    public abstract void Load(int arm, ReadOnlySpan<float> observation);

    /// <summary>Advances every arm by one decision: four physics steps under one action.</summary>
    /// <param name="actions">[N, 4], finite; clamped to [-1, 1].</param>
    /// <param name="rewards">[N], written: 0.01 for each physics step that began with the hand in the goal.</param>
    public abstract void Step(ReadOnlySpan<float> actions, Span<float> rewards);

    /// <summary>Writes all observations, [N, 33].</summary>
    public abstract void Observe(Span<float> observations);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the implementation holds.</summary>
    /// <param name="disposing">False from a finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Where on its circle a goal stands, in degrees, from its observed position.</summary>
    private protected static double GoalDegree(ReadOnlySpan<float> observation) =>
        double.RadiansToDegrees(Math.Atan2(observation[26], observation[28]));

    private protected void CheckStep(ReadOnlySpan<float> actions, Span<float> rewards)
    {
        if (actions.Length != Count * ActionSize || rewards.Length != Count)
        {
            throw new ArgumentException(
                $"{Count} arms take {Count * ActionSize} action floats and {Count} rewards, not {actions.Length} and {rewards.Length}.");
        }

        // One that is not finite would stay in the arm's state for the rest of the episode.
        for (int i = 0; i < actions.Length; i++)
        {
            if (!float.IsFinite(actions[i]))
            {
                throw new ArgumentException($"The action of arm {i / ActionSize} is not finite.", nameof(actions));
            }
        }
    }

    private protected void CheckObserve(Span<float> observations)
    {
        if (observations.Length != Count * ObservationSize)
        {
            throw new ArgumentException($"{Count} arms have {Count * ObservationSize} observation floats, not {observations.Length}.");
        }
    }
}
