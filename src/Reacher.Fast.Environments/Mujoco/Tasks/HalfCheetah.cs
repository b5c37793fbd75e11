namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>A machine of two legs that cannot fall runs.</summary>
internal sealed class HalfCheetah : Runner
{
    /// <inheritdoc/>
    public override string Name => "HalfCheetah-v4";

    /// <inheritdoc/>
    public override string ModelName => "half_cheetah";

    /// <inheritdoc/>
    public override int FrameSkip => 5;

    /// <inheritdoc/>
    protected override double ControlCost => 0.1;

    /// <inheritdoc/>
    protected override double Noise => 0.1;

    /// <inheritdoc/>
    protected override bool HasNormalVelocities => true;
}
