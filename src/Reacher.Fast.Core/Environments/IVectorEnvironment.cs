namespace Reacher.Fast.Core.Environments;

/// <summary>
/// N agents stepped together. The caller owns all memory; a step allocates nothing. To add an environment, implement this
/// in one file: <see cref="Reset"/> writes the first observations, <see cref="Step"/> advances every agent by one decision
/// and restarts by itself those whose episode has ended.
/// </summary>
public interface IVectorEnvironment : IDisposable
{
    /// <summary>N, the number of agents; constant for the environment's life.</summary>
    int AgentCount { get; }

    /// <summary>Floats in one agent's observation.</summary>
    int ObservationSize { get; }

    /// <summary>The sensors that an observation consists of; one vector unless the environment says otherwise.</summary>
    ObservationLayout ObservationLayout => ObservationLayout.OfVector(ObservationSize);

    /// <summary>Floats in one agent's action; each is clamped to [-1, 1] and scaled by the environment itself.</summary>
    int ActionSize { get; }

    /// <summary>Starts a new episode for every agent. The same seed gives the same episodes, to the bit.</summary>
    /// <param name="seed">
    /// Seeds everything random in the environment until the next reset. A run mixes the seeds it gives, so that any 32 bits of them are as good
    /// as all.
    /// </param>
    /// <param name="observations">[N, observation], written.</param>
    void Reset(ulong seed, Span<float> observations);

    /// <summary>Applies one action per agent and advances by one decision.</summary>
    /// <param name="actions">[N, action], finite.</param>
    /// <param name="step">Written: what came of it.</param>
    void Step(ReadOnlySpan<float> actions, in VectorStep step);
}

/// <summary>
/// What one <see cref="IVectorEnvironment.Step"/> writes. <see cref="Observations"/> is always what the next action is
/// chosen from: for an agent whose episode has just ended it is the first observation of its next episode, while
/// <see cref="FinalObservations"/> holds the true last one, the only right successor (docs/regressions.md, G).
/// </summary>
/// <param name="observations">[N, observation]: what the next action is chosen from.</param>
/// <param name="finalObservations">[N, observation]; rows are written only for agents that terminated or were truncated.</param>
/// <param name="rewards">[N], for the decision just made.</param>
/// <param name="terminated">[N]: the task's own end; no value beyond it.</param>
/// <param name="truncated">[N]: ended by a time limit; the value goes on from the final observation.</param>
/// <param name="lost">[N]: the transition has no usable successor (an environment that delivers the next episode's first
/// observation with done, or an agent that vanished): it must not be stored, and n-step windows reaching into it are dropped.</param>
/// <param name="activity">[N]: who was in the row. <see cref="RowActivity.Acted"/> unless written, so that an environment all of whose
/// agents act in every step need not write it.</param>
public readonly ref struct VectorStep(
    Span<float> observations,
    Span<float> finalObservations,
    Span<float> rewards,
    Span<bool> terminated,
    Span<bool> truncated,
    Span<bool> lost,
    Span<RowActivity> activity)
{
    /// <summary>[N, observation]: what the next action is chosen from.</summary>
    public Span<float> Observations { get; } = observations;

    /// <summary>[N, observation]: the true last observation, where terminated or truncated.</summary>
    public Span<float> FinalObservations { get; } = finalObservations;

    /// <summary>[N]: the reward of each agent for the decision just made.</summary>
    public Span<float> Rewards { get; } = rewards;

    /// <summary>[N]: whether the task itself ended the agent's episode, so that no value lies beyond it.</summary>
    public Span<bool> Terminated { get; } = terminated;

    /// <summary>[N]: whether a time limit ended the agent's episode.</summary>
    public Span<bool> Truncated { get; } = truncated;

    /// <summary>[N]: whether the transition has no usable successor and must not be stored.</summary>
    public Span<bool> Lost { get; } = lost;

    /// <summary>[N]: who was in the row. Transitions are counted where an agent acted, and no episode is waited for in a vacant row.</summary>
    public Span<RowActivity> Activity { get; } = activity;

    /// <summary>The rows in which an agent acted: the transitions of the step.</summary>
    public int CountActed()
    {
        int acted = 0;
        foreach (RowActivity row in Activity)
        {
            acted += row == RowActivity.Acted ? 1 : 0;
        }

        return acted;
    }
}
