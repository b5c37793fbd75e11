using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>An arm of seven joints pushes a puck to its place: 100 decisions, each worth how far puck, place and hand were apart before it.</summary>
internal sealed class Pusher : MujocoTask
{
    // Numbers of bodies in the model, which a test holds to their names.
    internal const int Hand = 10;
    internal const int Puck = 11;
    internal const int Place = 12;

    /// <inheritdoc/>
    public override string Name => "Pusher-v4";

    /// <inheritdoc/>
    public override string ModelName => "pusher";

    /// <inheritdoc/>
    public override int FrameSkip => 5;

    /// <inheritdoc/>
    public override int DecisionsPerEpisode => 100;

    /// <inheritdoc/>
    public override int ObservationSizeOf(MujocoModel model) => 23;

    /// <inheritdoc/>
    public override void Begin(MujocoData data, ref ResetNoise noise)
    {
        Span<double> positions = data.Positions;
        do
        {
            positions[7] = noise.Uniform(-0.3, 0);
            positions[8] = noise.Uniform(-0.2, 0.2);
        }
        while (Math.Sqrt((positions[7] * positions[7]) + (positions[8] * positions[8])) <= 0.17);

        positions[9..].Clear();
        noise.AddUniform(data.Velocities, 0.005);
        data.Velocities[7..].Clear();
    }

    /// <inheritdoc/>
    public override double Step(MujocoData data, out bool terminated)
    {
        ReadOnlySpan<double> puck = data.BodyPosition(Puck);
        double near = Distance(puck, data.BodyPosition(Hand)), off = Distance(puck, data.BodyPosition(Place));
        double cost = Squares(data.Controls);
        data.Step(FrameSkip);
        terminated = false;
        return -off - (0.1 * cost) - (0.5 * near);
    }

    /// <inheritdoc/>
    public override void Observe(MujocoData data, Span<float> observation)
    {
        var writer = new ObservationWriter(observation);
        writer.Add(data.Positions[..7]);
        writer.Add(data.Velocities[..7]);
        writer.Add(data.BodyPosition(Hand));
        writer.Add(data.BodyPosition(Puck));
        writer.Add(data.BodyPosition(Place));
    }
}
