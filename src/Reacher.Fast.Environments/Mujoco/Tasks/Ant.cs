using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>Four legs run; they have fallen outside 0.2 to 1 m. Forces of contact are neither seen nor paid for, as in v4.</summary>
internal sealed class Ant : Runner
{
    /// <inheritdoc/>
    public override string Name => "Ant-v4";

    /// <inheritdoc/>
    public override string ModelName => "ant";

    /// <inheritdoc/>
    public override int FrameSkip => 5;

    /// <inheritdoc/>
    protected override double ControlCost => 0.5;

    /// <inheritdoc/>
    protected override double Noise => 0.1;

    /// <inheritdoc/>
    protected override double HealthyReward => 1;

    /// <inheritdoc/>
    protected override int HiddenPositions => 2;

    /// <inheritdoc/>
    protected override bool HasNormalVelocities => true;

    /// <inheritdoc/>
    protected override double PlaceOf(MujocoData data) => data.BodyPosition(1)[0];

    /// <inheritdoc/>
    protected override bool IsHealthy(MujocoData data) =>
        AreFinite(data.Positions) && AreFinite(data.Velocities) && data.Positions[2] is >= 0.2 and <= 1;

    private static bool AreFinite(ReadOnlySpan<double> numbers)
    {
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }
}
