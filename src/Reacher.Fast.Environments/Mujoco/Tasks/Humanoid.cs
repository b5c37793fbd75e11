using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>A person runs; they have fallen outside 1 to 2 m. Inertias, velocities and forces of all bodies are seen.</summary>
internal sealed class Humanoid : Runner
{
    /// <inheritdoc/>
    public override string Name => "Humanoid-v4";

    /// <inheritdoc/>
    public override string ModelName => "humanoid";

    /// <inheritdoc/>
    public override int FrameSkip => 5;

    /// <inheritdoc/>
    protected override double ControlCost => 0.1;

    /// <inheritdoc/>
    protected override double Noise => 1e-2;

    /// <inheritdoc/>
    protected override double HealthyReward => 5;

    /// <inheritdoc/>
    protected override double ForwardReward => 1.25;

    /// <inheritdoc/>
    protected override int HiddenPositions => 2;

    /// <inheritdoc/>
    public override int ObservationSizeOf(MujocoModel model) =>
        base.ObservationSizeOf(model) + (22 * model.BodyCount) + model.VelocityCount;

    /// <inheritdoc/>
    public override void Observe(MujocoData data, Span<float> observation)
    {
        var writer = new ObservationWriter(observation);
        writer.Add(data.Positions[HiddenPositions..]);
        writer.Add(data.Velocities);
        writer.Add(data.Inertias);
        writer.Add(data.BodyVelocities);
        writer.Add(data.ActuatorForces);
        writer.Add(data.ExternalForces);
    }

    /// <inheritdoc/>
    protected override double PlaceOf(MujocoData data)
    {
        // The centre of mass of all bodies.
        ReadOnlySpan<double> masses = data.Model.BodyMass, centres = data.BodyCentres;
        double moment = 0, mass = 0;
        for (int i = 0; i < masses.Length; i++)
        {
            moment += masses[i] * centres[3 * i];
            mass += masses[i];
        }

        return moment / mass;
    }

    /// <inheritdoc/>
    protected override bool IsHealthy(MujocoData data) => data.Positions[2] is > 1 and < 2;
}
