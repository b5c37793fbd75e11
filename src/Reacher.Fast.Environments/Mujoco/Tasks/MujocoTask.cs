using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>
/// One of Gymnasium's tasks, version 4 (<c>gymnasium/envs/mujoco</c>): how an episode begins, what is seen, and what a step is worth. It
/// holds nothing of an agent, so all agents share it.
/// </summary>
internal abstract class MujocoTask
{
    /// <summary>The name after <c>mujoco:</c>, as in Gymnasium.</summary>
    public abstract string Name { get; }

    /// <summary>The file name of its model, without an extension.</summary>
    public abstract string ModelName { get; }

    /// <summary>Physics steps to a decision.</summary>
    public abstract int FrameSkip { get; }

    /// <summary>Decisions after which an episode is truncated.</summary>
    public virtual int DecisionsPerEpisode => 1000;

    /// <summary>The numbers of an observation.</summary>
    public virtual int ObservationSizeOf(MujocoModel model) => model.PositionCount + model.VelocityCount - HiddenPositions;

    /// <summary>How many of the first positions are not seen: where along its way a runner is.</summary>
    protected virtual int HiddenPositions => 1;

    /// <summary>What velocities are cut to where they are seen.</summary>
    protected virtual double SeenVelocity => double.PositiveInfinity;

    /// <summary>Begins an episode: <paramref name="data"/> is in the model's own state and gets its noise.</summary>
    public abstract void Begin(MujocoData data, ref ResetNoise noise);

    /// <summary>Makes a decision.</summary>
    /// <param name="data">The world, whose controls are set.</param>
    /// <param name="terminated">Whether the task has come to its own end.</param>
    /// <returns>The reward.</returns>
    public abstract double Step(MujocoData data, out bool terminated);

    /// <summary>Writes what is seen: positions but the hidden ones, then velocities.</summary>
    public virtual void Observe(MujocoData data, Span<float> observation)
    {
        var writer = new ObservationWriter(observation);
        writer.Add(data.Positions[HiddenPositions..]);
        writer.AddClamped(data.Velocities, SeenVelocity);
    }

    /// <summary>Seconds of a decision.</summary>
    protected double Duration(MujocoData data) => data.Model.TimeStep * FrameSkip;

    /// <summary>The sum of the squares.</summary>
    protected static double Squares(ReadOnlySpan<double> numbers)
    {
        double sum = 0;
        foreach (double number in numbers)
        {
            sum += number * number;
        }

        return sum;
    }

    /// <summary>The length of the way from one point to another.</summary>
    protected static double Distance(ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++)
        {
            sum += (from[i] - to[i]) * (from[i] - to[i]);
        }

        return Math.Sqrt(sum);
    }
}
