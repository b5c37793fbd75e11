namespace Reacher.Fast.Core.Batch;

/// <summary>
/// A read-only view of B transitions, one array a part, row-major. What a learner updates from.
/// <c>y = Rewards + Discounts * (target at NextObservations)</c> holds for every row: the writer has already summed the n
/// discounted rewards and has put 0 into the discount of terminated rows only.
/// </summary>
public readonly ref struct TransitionBatch
{
    /// <summary>Views over the parts of <paramref name="count"/> transitions.</summary>
    /// <exception cref="ArgumentException">A span's length does not follow from <paramref name="spec"/> and <paramref name="count"/>.</exception>
    public TransitionBatch(
        TransitionSpec spec,
        int count,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<float> actions,
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> discounts,
        ReadOnlySpan<float> nextObservations)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (observations.Length != count * spec.ObservationSize || actions.Length != count * spec.ActionSize ||
            rewards.Length != count || discounts.Length != count || nextObservations.Length != observations.Length)
        {
            throw new ArgumentException($"A batch of {count} transitions of {spec} has parts of other lengths.");
        }

        Spec = spec;
        Count = count;
        Observations = observations;
        Actions = actions;
        Rewards = rewards;
        Discounts = discounts;
        NextObservations = nextObservations;
    }

    /// <summary>The sizes of one transition.</summary>
    public TransitionSpec Spec { get; }

    /// <summary>B, the number of transitions.</summary>
    public int Count { get; }

    /// <summary>[B, observation]: the observations the transitions begin with.</summary>
    public ReadOnlySpan<float> Observations { get; }

    /// <summary>[B, action], each in [-1, 1].</summary>
    public ReadOnlySpan<float> Actions { get; }

    /// <summary>[B]: the n-step discounted sum of rewards.</summary>
    public ReadOnlySpan<float> Rewards { get; }

    /// <summary>[B]: 0 where the episode truly terminated, else gamma^n.</summary>
    public ReadOnlySpan<float> Discounts { get; }

    /// <summary>[B, observation]: the same agent's observation n steps later (its true last one where truncated).</summary>
    public ReadOnlySpan<float> NextObservations { get; }
}
