using Reacher.Fast.Core.Memory;

namespace Reacher.Fast.Core.Batch;

/// <summary>
/// The memory of one batch, owned by whoever samples: filled by the replay's sampler, read by the learner through
/// <see cref="View"/>. Nobody else writes it, so a batch in use cannot change (docs/regressions.md, B).
/// </summary>
public sealed class BatchBuffer : IDisposable
{
    private readonly AlignedMemory<float> memory;

    /// <summary>Memory for <paramref name="count"/> transitions of <paramref name="spec"/>.</summary>
    public BatchBuffer(TransitionSpec spec, int count)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Spec = spec;
        Count = count;
        memory = new AlignedMemory<float>(checked(count * spec.PayloadFloats));
    }

    /// <summary>A batch at <paramref name="address"/>, in memory that a learner has for it; this owns nothing.</summary>
    internal BatchBuffer(TransitionSpec spec, int count, nint address)
    {
        (Spec, Count) = (spec, count);
        memory = new AlignedMemory<float>(address, checked(count * spec.PayloadFloats));
    }

    /// <summary>The sizes of one transition.</summary>
    public TransitionSpec Spec { get; }

    /// <summary>B, the number of transitions.</summary>
    public int Count { get; }

    /// <summary>The observations the transitions begin with, as [B, observation].</summary>
    public Span<float> Observations => memory.Span[..(Count * Spec.ObservationSize)];

    /// <summary>The actions taken there, as [B, action].</summary>
    public Span<float> Actions => memory.Span.Slice(Count * Spec.ActionOffset, Count * Spec.ActionSize);

    /// <summary>The n-step discounted sums of rewards, as [B].</summary>
    public Span<float> Rewards => memory.Span.Slice(Count * Spec.RewardOffset, Count);

    /// <summary>The discounts of the targets, as [B]; 0 where the episode terminated.</summary>
    public Span<float> Discounts => memory.Span.Slice(Count * Spec.DiscountOffset, Count);

    /// <summary>The observations n steps later, as [B, observation].</summary>
    public Span<float> NextObservations => memory.Span.Slice(Count * Spec.NextObservationOffset, Count * Spec.ObservationSize);

    /// <summary>The batch as a learner reads it.</summary>
    public TransitionBatch View => new(Spec, Count, Observations, Actions, Rewards, Discounts, NextObservations);

    /// <summary>Frees the memory; views must not be used any more.</summary>
    public void Dispose() => memory.Dispose();
}
