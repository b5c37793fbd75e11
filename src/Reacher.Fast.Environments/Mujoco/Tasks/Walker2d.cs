using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>Two legs walk; they have fallen outside 0.8 to 2 m, or with more than 1 rad of lean.</summary>
internal sealed class Walker2d : Runner
{
    /// <inheritdoc/>
    public override string Name => "Walker2d-v4";

    /// <inheritdoc/>
    public override string ModelName => "walker2d";

    /// <inheritdoc/>
    public override int FrameSkip => 4;

    /// <inheritdoc/>
    protected override double ControlCost => 1e-3;

    /// <inheritdoc/>
    protected override double Noise => 5e-3;

    /// <inheritdoc/>
    protected override double HealthyReward => 1;

    /// <inheritdoc/>
    protected override double SeenVelocity => 10;

    /// <inheritdoc/>
    protected override bool IsHealthy(MujocoData data)
    {
        ReadOnlySpan<double> positions = data.Positions;
        return positions[1] is > 0.8 and < 2 && Math.Abs(positions[2]) < 1;
    }
}
