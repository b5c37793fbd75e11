using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Torch.Batch;

/// <summary>
/// One page of host memory: a batch as <see cref="BatchBuffer"/> lays it out, and behind it what else the update needs of the host, so that one
/// copy takes all of it to a GPU.
/// </summary>
internal sealed class TorchPage
{
    private readonly Func<Span<float>> memory;
    private readonly TransitionSpec spec;
    private readonly int count;

    public TorchPage(TransitionSpec spec, int count, nint address, Func<Span<float>> memory)
    {
        (this.spec, this.count, this.memory) = (spec, count, memory);
        Batch = new BatchBuffer(spec, count, address);
    }

    /// <summary>The batch.</summary>
    public BatchBuffer Batch { get; }

    /// <summary>[B, A]: the noise of the target's action.</summary>
    public Span<float> TargetNoise => memory().Slice(Noise, count * spec.ActionSize);

    /// <summary>[B, A]: the noise of the policy's own action.</summary>
    public Span<float> PolicyNoise => memory().Slice(Noise + (count * spec.ActionSize), count * spec.ActionSize);

    /// <summary>[2, O]: mean and scale of the observations.</summary>
    public Span<float> Normalization => memory().Slice(Noise + (2 * count * spec.ActionSize), 2 * spec.ObservationSize);

    private int Noise => count * spec.PayloadFloats;

    /// <summary>Floats of a page.</summary>
    public static int Floats(TransitionSpec spec, int count) =>
        checked((count * (spec.PayloadFloats + (2 * spec.ActionSize))) + (2 * spec.ObservationSize));
}
