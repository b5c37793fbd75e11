namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// The last transitions of one stream that still wait for their n-th reward, oldest first, in a ring; each with the sum of
/// the discounted rewards so far: <c>R = r_t + gamma r_t+1 + ... </c> (Sutton and Barto, 2nd edition, eq. 7.1, without the
/// bootstrap). Knows nothing of other streams, so a row cannot borrow from one.
/// </summary>
internal sealed class NStepWindow
{
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly float[] returns;
    private readonly float[] gammaPowers;
    private readonly int observationSize;
    private readonly int actionSize;
    private readonly int length;
    private int oldest;

    /// <summary>A window of <c>gammaPowers.Length - 1</c> steps; <c>gammaPowers[k]</c> is gamma^k.</summary>
    public NStepWindow(int observationSize, int actionSize, float[] gammaPowers)
    {
        length = gammaPowers.Length - 1;
        observations = new float[length * observationSize];
        actions = new float[length * actionSize];
        returns = new float[length];
        this.gammaPowers = gammaPowers;
        this.observationSize = observationSize;
        this.actionSize = actionSize;
    }

    /// <summary>Transitions waiting.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the oldest has all n rewards.</summary>
    public bool IsFull => Count == length;

    /// <summary>The oldest's observation.</summary>
    public ReadOnlySpan<float> Observation => observations.AsSpan(oldest * observationSize, observationSize);

    /// <summary>The oldest's action.</summary>
    public ReadOnlySpan<float> Action => actions.AsSpan(oldest * actionSize, actionSize);

    /// <summary>The oldest's sum of discounted rewards.</summary>
    public float Return => returns[oldest];

    /// <summary>gamma^k, k the rewards summed into the oldest: what its successor's value is multiplied by.</summary>
    public float Discount => gammaPowers[Count];

    /// <summary>Takes a step in: one more transition, and its reward added to all.</summary>
    public void Push(ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward)
    {
        int newest = Wrap(oldest + Count);
        observation.CopyTo(observations.AsSpan(newest * observationSize));
        action.CopyTo(actions.AsSpan(newest * actionSize));
        returns[newest] = 0;
        Count++;
        for (int k = 0; k < Count; k++)
        {
            returns[Wrap(oldest + k)] += gammaPowers[Count - 1 - k] * reward;
        }
    }

    /// <summary>Lets the oldest go.</summary>
    public void Pop()
    {
        oldest = Wrap(oldest + 1);
        Count--;
    }

    /// <summary>Lets all go: nothing may be learned across this moment.</summary>
    public void Clear()
    {
        oldest = 0;
        Count = 0;
    }

    private int Wrap(int index) => index >= length ? index - length : index;
}
