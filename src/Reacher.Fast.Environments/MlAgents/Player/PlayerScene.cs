using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>An environment as a player holds it: its last step, and its agents' ids.</summary>
internal sealed class PlayerScene : IDisposable
{
    private readonly Func<IReadOnlyDictionary<string, float>, IVectorEnvironment> factory;
    private readonly Dictionary<string, float> parameters;
    private readonly float[] actions;
    private IVectorEnvironment environment;
    private int nextId;

    /// <summary>The scene the factory makes of <paramref name="parameters"/>.</summary>
    public PlayerScene(
        Func<IReadOnlyDictionary<string, float>, IVectorEnvironment> factory, IReadOnlyDictionary<string, float> parameters)
    {
        this.factory = factory;
        this.parameters = new Dictionary<string, float>(parameters);
        environment = factory(this.parameters);
        AgentCount = environment.AgentCount;
        ObservationSize = environment.ObservationSize;
        ActionSize = environment.ActionSize;
        actions = new float[AgentCount * ActionSize];
        Ids = new int[AgentCount];
        EndedIds = new int[AgentCount];
        LastStep = new StepBuffer(environment);
    }

    public int AgentCount { get; }

    public int ObservationSize { get; }

    public int ActionSize { get; }

    /// <summary>[N] The agents' ids; an agent takes a new one with every episode, as in Unity since 1.0.</summary>
    public int[] Ids { get; }

    /// <summary>[N] Where an episode has just ended: the id it had.</summary>
    public int[] EndedIds { get; }

    /// <summary>[N, action] What was done last.</summary>
    public ReadOnlySpan<float> Actions => actions;

    /// <summary>What came of it.</summary>
    public StepBuffer LastStep { get; }

    /// <summary>Starts new episodes, with the parameters of <paramref name="command"/> where they differ.</summary>
    /// <exception cref="InputException">A parameter's value cannot be used.</exception>
    public void Reset(TrainerCommand command, ulong seed)
    {
        bool changed = false;
        foreach ((string key, float value) in command.Parameters)
        {
            // A parameter the scene does not read is none of its business, in Unity as here.
            if (parameters.TryGetValue(key, out float current) && !current.Equals(value))
            {
                parameters[key] = value;
                changed = true;
            }
        }

        if (changed)
        {
            environment.Dispose();
            environment = factory(parameters);
        }

        VectorStep step = LastStep.View;
        step.Rewards.Clear();
        step.Terminated.Clear();
        step.Truncated.Clear();
        Array.Clear(actions);
        environment.Reset(seed, step.Observations);
        for (int i = 0; i < AgentCount; i++)
        {
            Ids[i] = nextId++;
        }
    }

    /// <summary>Makes one decision.</summary>
    /// <exception cref="InputException">The actions are not one finite row per agent.</exception>
    public void Step(TrainerCommand command)
    {
        Span<float> given = CollectionsMarshal.AsSpan(command.Actions);
        if (command.ActionRows == 0)
        {
            Array.Clear(actions);
        }
        else if (command.ActionRows != AgentCount || given.Length != actions.Length)
        {
            throw new InputException(
                $"The trainer sent {given.Length} actions for {command.ActionRows} agents; this scene takes {ActionSize} for each of " +
                $"{AgentCount}.");
        }
        else
        {
            given.CopyTo(actions);
        }

        for (int i = 0; i < actions.Length; i++)
        {
            if (!float.IsFinite(actions[i]))
            {
                throw new InputException(
                    $"The trainer sent NaN or infinity as action {i % ActionSize} of agent {i / ActionSize}; its policy has diverged.");
            }
        }

        VectorStep step = LastStep.View;
        environment.Step(actions, step);
        for (int i = 0; i < AgentCount; i++)
        {
            if (step.Terminated[i] || step.Truncated[i])
            {
                EndedIds[i] = Ids[i];
                Ids[i] = nextId++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => environment.Dispose();
}
