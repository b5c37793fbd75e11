using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Core.Kernels;

/// <summary>One batch in the device's memory: s, a, r, discount, s'.</summary>
internal sealed class DeviceBatch
{
    private readonly IKernelDevice device;

    public DeviceBatch(IKernelDevice device, TransitionSpec spec, int count)
    {
        this.device = device;
        TensorBlock block = device.Allocate("batch", Shapes(spec, count));
        (Observations, Actions, Rewards, Discounts, NextObservations) = (block[0], block[1], block[2], block[3], block[4]);
    }

    /// <summary>The five parts as tensors of one block, in this order.</summary>
    public static TensorShape[] Shapes(TransitionSpec spec, int count) =>
    [
        new("observations", 1, count, spec.ObservationSize),
        new("actions", 1, count, spec.ActionSize),
        new("rewards", 1, 1, count),
        new("discounts", 1, 1, count),
        new("next_observations", 1, count, spec.ObservationSize),
    ];

    /// <summary>s [1, B, O].</summary>
    public Tensor Observations { get; }

    /// <summary>a [1, B, A].</summary>
    public Tensor Actions { get; }

    /// <summary>r [1, 1, B].</summary>
    public Tensor Rewards { get; }

    /// <summary>[1, 1, B]: 0 where terminated, else gamma^n.</summary>
    public Tensor Discounts { get; }

    /// <summary>s' [1, B, O].</summary>
    public Tensor NextObservations { get; }

    /// <summary>Copies a batch in, with rewards as they are to be learned from.</summary>
    public void Upload(in TransitionBatch batch, ReadOnlySpan<float> rewards)
    {
        device.Upload(batch.Observations, Observations);
        device.Upload(batch.Actions, Actions);
        device.Upload(rewards, Rewards);
        device.Upload(batch.Discounts, Discounts);
        device.Upload(batch.NextObservations, NextObservations);
    }
}
