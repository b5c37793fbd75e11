namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>Three links swim.</summary>
internal sealed class Swimmer : Runner
{
    /// <inheritdoc/>
    public override string Name => "Swimmer-v4";

    /// <inheritdoc/>
    public override string ModelName => "swimmer";

    /// <inheritdoc/>
    public override int FrameSkip => 4;

    /// <inheritdoc/>
    protected override double ControlCost => 1e-4;

    /// <inheritdoc/>
    protected override double Noise => 0.1;

    /// <inheritdoc/>
    protected override int HiddenPositions => 2;
}
