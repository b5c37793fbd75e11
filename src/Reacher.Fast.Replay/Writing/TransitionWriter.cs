using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// Turns the vector steps of N agents into rows and writes them: accumulates n steps per agent (a stream), and cuts at the
/// end of every episode, so that a row's next observation is always that same agent's, n or fewer steps later.
/// One per process and thread; allocates nothing per step.
/// </summary>
public sealed partial class TransitionWriter : IDisposable
{
    private readonly RowWriter writer;
    private readonly StepHistory history;
    private readonly float[] gammaPowers;
    private readonly int observationSize;
    private readonly int actionSize;

    /// <summary>Takes a writer lease on <paramref name="replay"/>.</summary>
    /// <param name="replay">The file to write to; may be disposed before this writer.</param>
    /// <param name="streams">N, the number of agents.</param>
    /// <param name="firstStreamId">Stream id of agent 0; agent i writes as <c>firstStreamId + i</c>.</param>
    /// <param name="nStep">n of the n-step return, 1 to 64.</param>
    /// <param name="gamma">Discount per step, in [0, 1].</param>
    /// <exception cref="MappedFileException">All writer leases are held, or the capacity is below N * n rows.</exception>
    public TransitionWriter(ReplayFile replay, int streams, uint firstStreamId, int nStep, float gamma)
    {
        ArgumentNullException.ThrowIfNull(replay);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(nStep, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nStep, 64);
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gamma, 1);
        Streams = streams;
        FirstStreamId = firstStreamId;
        NStep = nStep;
        observationSize = replay.Spec.ObservationSize;
        actionSize = replay.Spec.ActionSize;
        gammaPowers = new float[nStep + 1];
        for (int k = 0; k <= nStep; k++)
        {
            gammaPowers[k] = (float)Math.Pow(gamma, k);
        }

        history = new StepHistory(streams, observationSize, actionSize, gammaPowers);
        writer = new RowWriter(replay, checked(streams * nStep), firstStreamId);
    }

    /// <summary>N, the number of agents.</summary>
    public int Streams { get; }

    /// <summary>Stream id of agent 0.</summary>
    public uint FirstStreamId { get; }

    /// <summary>n of the n-step return.</summary>
    public int NStep { get; }

    /// <summary>Rows given up so far because a stopped writer held their slots; 0 unless the buffer is tiny or a process hangs.</summary>
    public long DroppedRows => writer.DroppedRows;

    /// <summary>
    /// Takes one vector step in and writes the rows that became complete. For agent i, <c>terminated</c> makes the discount 0;
    /// <c>truncated</c> keeps gamma^k and takes the final observation as successor; <c>lost</c> writes nothing and forgets
    /// every window that would reach across this step.
    /// </summary>
    /// <param name="observations">[N, observation] What the actions were chosen from.</param>
    /// <param name="actions">[N, action] What the agents did.</param>
    /// <param name="rewards">[N] What they were rewarded with.</param>
    /// <param name="terminated">[N] Whose episode has ended in a terminal state.</param>
    /// <param name="truncated">[N] Whose episode was cut short, for example by a time limit.</param>
    /// <param name="lost">[N] Whose transition has no successor that could be learned from.</param>
    /// <param name="nextObservations">[N, observation] What the next actions are chosen from (after an end: the next episode's
    /// first).</param>
    /// <param name="finalObservations">[N, observation] The true last observation, read only where terminated or truncated.</param>
    /// <returns>How many rows were written.</returns>
    /// <exception cref="ArgumentException">A span has not the length that N and the spec ask for.</exception>
    public int Write(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<float> actions,
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<bool> terminated,
        ReadOnlySpan<bool> truncated,
        ReadOnlySpan<bool> lost,
        ReadOnlySpan<float> nextObservations,
        ReadOnlySpan<float> finalObservations)
    {
        if (observations.Length != Streams * observationSize || actions.Length != Streams * actionSize ||
            rewards.Length != Streams || terminated.Length != Streams || truncated.Length != Streams || lost.Length != Streams ||
            nextObservations.Length != observations.Length || finalObservations.Length != observations.Length)
        {
            throw new ArgumentException(
                $"A vector step of {Streams} agents, observations of {observationSize} and actions of {actionSize} has spans of other " +
                "lengths.");
        }

        if (NStep > 1)
        {
            history.Push(observations, actions, rewards);
        }

        int rows = 0;
        for (int i = 0; i < rewards.Length; i++)
        {
            if (lost[i])
            {
                history.Forget(i);
                continue;
            }

            bool ended = terminated[i] || truncated[i];
            ReadOnlySpan<float> successor = (ended ? finalObservations : nextObservations).Slice(i * observationSize, observationSize);
            uint stream = FirstStreamId + (uint)i;
            if (NStep == 1)
            {
                // Nothing waits: straight from the step, without the history's copy.
                writer.Staged.Compose(
                    rows++,
                    stream,
                    observations.Slice(i * observationSize, observationSize),
                    actions.Slice(i * actionSize, actionSize),
                    rewards[i],
                    terminated[i] ? 0 : gammaPowers[1],
                    successor);
                continue;
            }

            history.Await(i);
            // The end of an episode completes every waiting step early, each with its own, shorter power of gamma.
            while (history.Waiting(i) > 0 && (ended || history.IsFull(i)))
            {
                float discount = terminated[i] ? 0 : history.Discount(i);
                writer.Staged.Compose(rows++, stream, history.Observation(i), history.Action(i), history.Return(i), discount, successor);
                history.Pop(i);
            }
        }

        return writer.Publish(rows);
    }

    /// <summary>Forgets all unfinished windows: the environments were reset from outside, between two steps.</summary>
    public void Forget()
    {
        for (int i = 0; i < Streams; i++)
        {
            history.Forget(i);
        }
    }

    /// <summary>Gives the lease back. Unfinished windows are not written.</summary>
    public void Dispose() => writer.Dispose();
}
