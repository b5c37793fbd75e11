using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>An arm of two links reaches for a point: 50 decisions, each worth what it was off before it, and what its control costs.</summary>
internal sealed class PlanarReacher : MujocoTask
{
    // Numbers of bodies in the model, which a test holds to their names.
    internal const int Fingertip = 3;
    internal const int Target = 4;

    /// <inheritdoc/>
    public override string Name => "Reacher-v4";

    /// <inheritdoc/>
    public override string ModelName => "reacher";

    /// <inheritdoc/>
    public override int FrameSkip => 2;

    /// <inheritdoc/>
    public override int DecisionsPerEpisode => 50;

    /// <inheritdoc/>
    public override int ObservationSizeOf(MujocoModel model) => 11;

    /// <inheritdoc/>
    public override void Begin(MujocoData data, ref ResetNoise noise)
    {
        Span<double> positions = data.Positions;
        noise.AddUniform(positions, 0.1);
        do
        {
            positions[2] = noise.Uniform(-0.2, 0.2);
            positions[3] = noise.Uniform(-0.2, 0.2);
        }
        while (Math.Sqrt((positions[2] * positions[2]) + (positions[3] * positions[3])) >= 0.2);

        noise.AddUniform(data.Velocities, 0.005);
        data.Velocities[2..].Clear();
    }

    /// <inheritdoc/>
    public override double Step(MujocoData data, out bool terminated)
    {
        double off = Distance(data.BodyPosition(Fingertip), data.BodyPosition(Target));
        data.Step(FrameSkip);
        terminated = false;
        return -off - Squares(data.Controls);
    }

    /// <inheritdoc/>
    public override void Observe(MujocoData data, Span<float> observation)
    {
        ReadOnlySpan<double> positions = data.Positions, tip = data.BodyPosition(Fingertip), goal = data.BodyPosition(Target);
        var writer = new ObservationWriter(observation);
        writer.Add(Math.Cos(positions[0]));
        writer.Add(Math.Cos(positions[1]));
        writer.Add(Math.Sin(positions[0]));
        writer.Add(Math.Sin(positions[1]));
        writer.Add(positions[2..]);
        writer.Add(data.Velocities[..2]);
        for (int i = 0; i < 3; i++)
        {
            writer.Add(tip[i] - goal[i]);
        }
    }
}
