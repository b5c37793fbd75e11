namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// The last n vector steps, and for each stream how many of them still wait for their n-th reward. The row that a stream's
/// oldest waiting step becomes has the n-step return <c>R = r_t + gamma r_t+1 + ... </c> (Sutton and Barto, 2nd edition, eq. 7.1,
/// without the bootstrap). A stream reads its own columns alone, so a row cannot borrow from another.
/// </summary>
internal sealed class StepHistory
{
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly float[] rewards;
    private readonly int[] waiting;
    private readonly float[] gammaPowers;
    private readonly int streams;
    private readonly int observationSize;
    private readonly int actionSize;
    private readonly int length;
    private int newest;

    /// <summary>A history of <c>gammaPowers.Length - 1</c> steps; <c>gammaPowers[k]</c> is gamma^k.</summary>
    public StepHistory(int streams, int observationSize, int actionSize, float[] gammaPowers)
    {
        length = gammaPowers.Length - 1;
        observations = new float[checked(length * streams * observationSize)];
        actions = new float[checked(length * streams * actionSize)];
        rewards = new float[checked(length * streams)];
        waiting = new int[streams];
        this.gammaPowers = gammaPowers;
        this.streams = streams;
        this.observationSize = observationSize;
        this.actionSize = actionSize;
    }

    /// <summary>Takes a vector step in, over the oldest, for which no stream waits any more.</summary>
    public void Push(ReadOnlySpan<float> stepObservations, ReadOnlySpan<float> stepActions, ReadOnlySpan<float> stepRewards)
    {
        newest = newest + 1 == length ? 0 : newest + 1;
        stepObservations.CopyTo(observations.AsSpan(newest * streams * observationSize));
        stepActions.CopyTo(actions.AsSpan(newest * streams * actionSize));
        stepRewards.CopyTo(rewards.AsSpan(newest * streams));
    }

    /// <summary>One more of a stream's steps waits: the newest.</summary>
    public void Await(int stream) => waiting[stream]++;

    /// <summary>Whether a stream's oldest waiting step has all n rewards.</summary>
    public bool IsFull(int stream) => waiting[stream] == length;

    /// <summary>Steps of a stream that wait.</summary>
    public int Waiting(int stream) => waiting[stream];

    /// <summary>gamma^k, k the rewards in <see cref="Return"/>: what the successor's value is multiplied by.</summary>
    public float Discount(int stream) => gammaPowers[waiting[stream]];

    /// <summary>The observation of a stream's oldest waiting step.</summary>
    public ReadOnlySpan<float> Observation(int stream) =>
        observations.AsSpan(((Oldest(stream) * streams) + stream) * observationSize, observationSize);

    /// <summary>The action of a stream's oldest waiting step.</summary>
    public ReadOnlySpan<float> Action(int stream) =>
        actions.AsSpan(((Oldest(stream) * streams) + stream) * actionSize, actionSize);

    /// <summary>The discounted sum of the rewards from a stream's oldest waiting step to the newest.</summary>
    public float Return(int stream)
    {
        ReadOnlySpan<float> all = rewards;
        ReadOnlySpan<float> powers = gammaPowers.AsSpan(0, waiting[stream]);
        int at = (Oldest(stream) * streams) + stream;
        float sum = 0;
        foreach (float power in powers)
        {
            sum += power * all[at];
            at += streams;
            at = at >= all.Length ? at - all.Length : at;
        }

        return sum;
    }

    /// <summary>A stream's oldest step waits no longer.</summary>
    public void Pop(int stream) => waiting[stream]--;

    /// <summary>None of a stream's steps waits any longer: nothing may be learned across this moment.</summary>
    public void Forget(int stream) => waiting[stream] = 0;

    private int Oldest(int stream)
    {
        int step = newest - waiting[stream] + 1;
        return step < 0 ? step + length : step;
    }
}
