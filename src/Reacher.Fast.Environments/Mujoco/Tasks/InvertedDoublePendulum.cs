using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>A cart holds two poles upright, one on the other: 10 a decision, less what the tip is off and the poles turn.</summary>
internal sealed class InvertedDoublePendulum : MujocoTask
{
    private const double SeenMost = 10;

    /// <inheritdoc/>
    public override string Name => "InvertedDoublePendulum-v4";

    /// <inheritdoc/>
    public override string ModelName => "inverted_double_pendulum";

    /// <inheritdoc/>
    public override int FrameSkip => 5;

    /// <inheritdoc/>
    public override int ObservationSizeOf(MujocoModel model) => 11;

    /// <inheritdoc/>
    public override void Begin(MujocoData data, ref ResetNoise noise)
    {
        noise.AddUniform(data.Positions, 0.1);
        noise.AddNormal(data.Velocities, 0.1);
    }

    /// <inheritdoc/>
    public override double Step(MujocoData data, out bool terminated)
    {
        data.Step(FrameSkip);
        ReadOnlySpan<double> tip = data.FirstSite, velocities = data.Velocities;
        double off = (0.01 * tip[0] * tip[0]) + ((tip[2] - 2) * (tip[2] - 2));
        double turning = (1e-3 * velocities[1] * velocities[1]) + (5e-3 * velocities[2] * velocities[2]);
        terminated = tip[2] <= 1;
        return 10 - off - turning;
    }

    /// <inheritdoc/>
    public override void Observe(MujocoData data, Span<float> observation)
    {
        ReadOnlySpan<double> positions = data.Positions;
        var writer = new ObservationWriter(observation);
        writer.Add(positions[0]);
        writer.Add(Math.Sin(positions[1]));
        writer.Add(Math.Sin(positions[2]));
        writer.Add(Math.Cos(positions[1]));
        writer.Add(Math.Cos(positions[2]));
        writer.AddClamped(data.Velocities, SeenMost);
        writer.AddClamped(data.ConstraintForces, SeenMost);
    }
}
