using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>One leg hops; it has fallen below 0.7 m, or with more than 0.2 rad of lean.</summary>
internal sealed class Hopper : Runner
{
    /// <inheritdoc/>
    public override string Name => "Hopper-v4";

    /// <inheritdoc/>
    public override string ModelName => "hopper";

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
        return positions[1] > 0.7 && Math.Abs(positions[2]) < 0.2 && AreWithin(positions[2..]) && AreWithin(data.Velocities);
    }

    private static bool AreWithin(ReadOnlySpan<double> numbers)
    {
        foreach (double number in numbers)
        {
            // False for NaN, too.
            if (!(Math.Abs(number) < 100))
            {
                return false;
            }
        }

        return true;
    }
}
