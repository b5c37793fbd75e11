using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>A cart holds a pole upright: 1 a decision until the pole leans by more than 0.2 rad. Its control reaches 3.</summary>
internal sealed class InvertedPendulum : MujocoTask
{
    /// <inheritdoc/>
    public override string Name => "InvertedPendulum-v4";

    /// <inheritdoc/>
    public override string ModelName => "inverted_pendulum";

    /// <inheritdoc/>
    public override int FrameSkip => 2;

    /// <inheritdoc/>
    protected override int HiddenPositions => 0;

    /// <inheritdoc/>
    public override void Begin(MujocoData data, ref ResetNoise noise)
    {
        noise.AddUniform(data.Positions, 0.01);
        noise.AddUniform(data.Velocities, 0.01);
    }

    /// <inheritdoc/>
    public override double Step(MujocoData data, out bool terminated)
    {
        data.Step(FrameSkip);
        ReadOnlySpan<double> positions = data.Positions, velocities = data.Velocities;
        bool finite = double.IsFinite(positions[0]) && double.IsFinite(velocities[0]) && double.IsFinite(velocities[1]);
        // Written so that NaN ends it, too.
        terminated = !(finite && Math.Abs(positions[1]) <= 0.2);
        return 1;
    }
}
