using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>A task of running along x: the velocity is the reward, less the cost of the controls, and a bonus for staying upright.</summary>
internal abstract class Runner : MujocoTask
{
    /// <summary>What a square of the controls costs.</summary>
    protected abstract double ControlCost { get; }

    /// <summary>What each decision is worth in which the runner has not fallen, and that in which it falls.</summary>
    protected virtual double HealthyReward => 0;

    /// <summary>What a metre a second is worth.</summary>
    protected virtual double ForwardReward => 1;

    /// <summary>How far positions, and uniform velocities, lie from the model's own at the beginning.</summary>
    protected abstract double Noise { get; }

    /// <summary>Whether velocities begin with normal noise instead of uniform.</summary>
    protected virtual bool HasNormalVelocities => false;

    /// <inheritdoc/>
    public override void Begin(MujocoData data, ref ResetNoise noise)
    {
        noise.AddUniform(data.Positions, Noise);
        if (HasNormalVelocities)
        {
            noise.AddNormal(data.Velocities, Noise);
        }
        else
        {
            noise.AddUniform(data.Velocities, Noise);
        }
    }

    /// <inheritdoc/>
    public override double Step(MujocoData data, out bool terminated)
    {
        double before = PlaceOf(data);
        data.Step(FrameSkip);
        double velocity = (PlaceOf(data) - before) / Duration(data);
        terminated = !IsHealthy(data);
        return (ForwardReward * velocity) + HealthyReward - (ControlCost * Squares(data.Controls));
    }

    /// <summary>Where along x the runner is.</summary>
    protected virtual double PlaceOf(MujocoData data) => data.Positions[0];

    /// <summary>Whether the runner has not fallen.</summary>
    protected virtual bool IsHealthy(MujocoData data) => true;
}
