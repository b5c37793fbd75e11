using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Mujoco;

/// <summary>
/// N agents of one of Gymnasium's MuJoCo tasks, each with its own world and episodes, stepped over a few threads. What an agent meets depends
/// on the seed and its actions alone, not on the threads.
/// </summary>
public sealed class MujocoEnvironment : IVectorEnvironment
{
    /// <summary>What the names of these environments begin with.</summary>
    public const string Prefix = "mujoco:";

    /// <summary>Most agents in one environment.</summary>
    public const int MaximumAgentCount = 4096;

    private const int MostThreads = 4;

    private readonly MujocoModel model;
    private readonly MujocoAgent[] agents;
    private readonly long[] episodes;
    private readonly float[] actions;
    private readonly float[] observations;
    private readonly float[] finals;
    private readonly StepThreads threads;
    private readonly Action<string>? warn;
    private ulong seed;
    private volatile string? warning;

    /// <summary>N agents, as after <c>Reset(0)</c>.</summary>
    /// <param name="name">The task's name, such as <c>HalfCheetah-v4</c>.</param>
    /// <param name="agentCount">N.</param>
    /// <param name="warn">Takes MuJoCo's warnings, from the thread that steps; null for nobody.</param>
    /// <param name="threadCount">Threads that step, the caller's among them; 0 for as many as the machine and the agents repay.</param>
    /// <exception cref="InputException">There is no such task, MuJoCo is not here, or N is out of range.</exception>
    public MujocoEnvironment(string name, int agentCount = 1, Action<string>? warn = null, int threadCount = 0)
    {
        MujocoTask task = MujocoTasks.Find(name) ?? throw new InputException(
            $"There is no MuJoCo task '{name}'; there are {string.Join(", ", MujocoTasks.All.Select(one => one.Name))}.");
        if (agentCount is < 1 or > MaximumAgentCount)
        {
            throw new InputException($"A MuJoCo environment steps 1 to {MaximumAgentCount} agents, not {agentCount}; change their number.");
        }

        this.warn = warn;
        model = MujocoModel.LoadEmbedded(task.ModelName);
        agents = new MujocoAgent[agentCount];
        (ObservationSize, ActionSize) = (task.ObservationSizeOf(model), model.ControlCount);
        for (int i = 0; i < agentCount; i++)
        {
            agents[i] = new MujocoAgent(task, model);
        }

        episodes = new long[agentCount];
        actions = new float[agentCount * ActionSize];
        observations = new float[agentCount * ObservationSize];
        finals = new float[agentCount * ObservationSize];
        int count = threadCount > 0 ? threadCount : Math.Min(MostThreads, Environment.ProcessorCount);
        threads = new StepThreads(Math.Min(count, agentCount), StepPart);
        Reset(0, observations);
    }

    /// <summary>The names of the tasks, each after <see cref="Prefix"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. MujocoTasks.All.Select(task => Prefix + task.Name)];

    /// <inheritdoc/>
    public int AgentCount => agents.Length;

    /// <inheritdoc/>
    public int ObservationSize { get; }

    /// <inheritdoc/>
    public int ActionSize { get; }

    /// <summary>Whether MuJoCo is on this machine in a version that is known.</summary>
    /// <param name="found">Which it is, or why it cannot be used; without a full stop.</param>
    public static bool IsAvailable(out string found)
    {
        bool available = MujocoLibrary.TryLoad(out MujocoLayout? layout, out string reason);
        found = available ? $"MuJoCo {MujocoLibrary.NameOf(layout!.Version)}" : reason;
        return available;
    }

    /// <inheritdoc/>
    public void Reset(ulong seed, Span<float> observations)
    {
        this.seed = seed;
        Array.Clear(episodes);
        for (int i = 0; i < agents.Length; i++)
        {
            Begin(i);
        }

        this.observations.CopyTo(observations);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A span is not of N agents.</exception>
    /// <exception cref="MujocoException">MuJoCo found an error.</exception>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        if (actions.Length != this.actions.Length)
        {
            throw new ArgumentException($"{AgentCount} agents take {this.actions.Length} action floats, not {actions.Length}.", nameof(actions));
        }

        actions.CopyTo(this.actions);
        threads.Run();
        observations.CopyTo(step.Observations);
        for (int i = 0; i < agents.Length; i++)
        {
            MujocoAgent agent = agents[i];
            step.Rewards[i] = agent.Reward;
            step.Terminated[i] = agent.Terminated;
            step.Truncated[i] = agent.Truncated;
            step.Lost[i] = false;
            if (agent.Terminated || agent.Truncated)
            {
                Row(finals, i).CopyTo(step.FinalObservations.Slice(i * ObservationSize, ObservationSize));
            }
        }

        if (warning is string said)
        {
            warning = null;
            warn?.Invoke($"MuJoCo warns: {said.TrimEnd('.', ' ', '\n')}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        threads.Dispose();
        foreach (MujocoAgent agent in agents)
        {
            agent.Dispose();
        }

        model.Dispose();
    }

    private void StepPart(int part, int parts)
    {
        int last = (int)((long)agents.Length * (part + 1) / parts);
        for (int i = (int)((long)agents.Length * part / parts); i < last; i++)
        {
            Span<float> observation = Row(observations, i);
            agents[i].Step(actions.AsSpan(i * ActionSize, ActionSize), observation);
            if (agents[i].Terminated || agents[i].Truncated)
            {
                observation.CopyTo(Row(finals, i));
                episodes[i]++;
                Begin(i);
            }
        }

        warning = MujocoLibrary.TakeWarning() ?? warning;
    }

    private void Begin(int agent) => agents[agent].Begin(SplitMix64.Key(seed, agent, episodes[agent]), Row(observations, agent));

    private Span<float> Row(float[] all, int agent) => all.AsSpan(agent * ObservationSize, ObservationSize);
}
