using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Core.Environments;

/// <summary>
/// Environments of one agent side by side, each with its own episodes: one that has ended begins anew at once. A seed is that of the whole,
/// and each episode of each agent has one of its own that follows from it.
/// </summary>
public sealed class VectorEnvironment : IVectorEnvironment
{
    private readonly IEnvironment[] agents;
    private readonly long[] episodes;
    private readonly float[] action;
    private ulong seed;

    private VectorEnvironment(IEnvironment[] agents)
    {
        this.agents = agents;
        episodes = new long[agents.Length];
        (ObservationSize, ActionSize) = (agents[0].ObservationSize, agents[0].ActionSize);
        action = new float[ActionSize];
        if (Array.Find(agents, agent => agent.ObservationSize != ObservationSize || agent.ActionSize != ActionSize) is IEnvironment other)
        {
            throw new ArgumentException(
                $"One agent observes {ObservationSize} numbers and acts with {ActionSize}, and another {other.ObservationSize} and " +
                $"{other.ActionSize}; they must be alike.",
                nameof(agents));
        }
    }

    /// <inheritdoc/>
    public int AgentCount => agents.Length;

    /// <inheritdoc/>
    public int ObservationSize { get; }

    /// <inheritdoc/>
    public int ActionSize { get; }

    /// <summary>The class of one agent's environment, which is the task's name where nothing else is.</summary>
    public Type AgentType => agents[0].GetType();

    /// <summary>Makes so many agents, each by a call of its own.</summary>
    /// <param name="create">Makes one; those that can be disposed are disposed with the whole.</param>
    /// <param name="agents">How many, at least 1.</param>
    /// <exception cref="ArgumentException">They are not of the same sizes.</exception>
    public static IVectorEnvironment Of(Func<IEnvironment> create, int agents = 1)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(agents, 1);
        return new VectorEnvironment([.. Enumerable.Range(0, agents).Select(_ => create())]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The span is not [N, O].</exception>
    public void Reset(ulong seed, Span<float> observations)
    {
        RequireLength(observations.Length, ObservationSize, nameof(observations));
        this.seed = seed;
        for (int i = 0; i < agents.Length; i++)
        {
            episodes[i] = 0;
            Begin(i, Row(observations, i, ObservationSize));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The span is not [N, A].</exception>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        RequireLength(actions.Length, ActionSize, nameof(actions));
        for (int i = 0; i < agents.Length; i++)
        {
            for (int j = 0; j < action.Length; j++)
            {
                action[j] = Math.Clamp(actions[(i * action.Length) + j], -1f, 1f);
            }

            Span<float> observation = Row(step.Observations, i, ObservationSize);
            StepResult result = agents[i].Step(action, observation);
            step.Rewards[i] = result.Reward;
            step.Terminated[i] = result.Terminated;
            // The task's own end counts where both come at once: nothing lies beyond it.
            step.Truncated[i] = result.Truncated && !result.Terminated;
            step.Lost[i] = false;
            if (result.Terminated || result.Truncated)
            {
                observation.CopyTo(Row(step.FinalObservations, i, ObservationSize));
                episodes[i]++;
                Begin(i, observation);
            }
        }
    }

    /// <summary>Disposes the agents that can be disposed.</summary>
    public void Dispose()
    {
        foreach (IEnvironment agent in agents)
        {
            (agent as IDisposable)?.Dispose();
        }
    }

    private static Span<float> Row(Span<float> all, int row, int size) => all.Slice(row * size, size);

    private void Begin(int agent, Span<float> observation) => agents[agent].Reset(SplitMix64.Key(seed, agent, episodes[agent]), observation);

    private void RequireLength(int length, int size, string name)
    {
        if (length != agents.Length * size)
        {
            throw new ArgumentException($"{agents.Length} agents of {size} numbers need {agents.Length * size} in all, not {length}.", name);
        }
    }
}
