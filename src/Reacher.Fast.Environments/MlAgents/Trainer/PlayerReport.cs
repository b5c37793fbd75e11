using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// The agents of one message from a player, in its order and free of its generation's format. The arrays grow to the largest
/// message seen and are used again.
/// </summary>
internal sealed class PlayerReport
{
    /// <summary>Statistics kept for whoever drains them; beyond that the newest are dropped.</summary>
    private const int StatisticsKept = 10_000;

    private float[] observations = [];
    private int observationSize;

    /// <summary>Agents in the message.</summary>
    public int Count { get; private set; }

    /// <summary>[Count] Each agent's id; 1.x gives an agent a new one with every episode.</summary>
    public int[] Ids { get; private set; } = new int[32];

    /// <summary>[Count] Reward since the agent's last message.</summary>
    public float[] Rewards { get; private set; } = new float[32];

    /// <summary>[Count] The agent's episode has ended.</summary>
    public bool[] Done { get; private set; } = new bool[32];

    /// <summary>[Count] It ended by a limit on steps.</summary>
    public bool[] Interrupted { get; private set; } = new bool[32];

    /// <summary>API-4: the whole academy is done and takes nothing but a reset.</summary>
    public bool GlobalDone { get; set; }

    /// <summary>What the scene reported for TensorBoard; whoever drains it clears it.</summary>
    public List<PlayerStatistic> Statistics { get; } = [];

    /// <summary>Floats in an observation.</summary>
    public int ObservationSize => observationSize;

    /// <summary>Keeps a statistic until it is drained.</summary>
    public void Add(in PlayerStatistic statistic)
    {
        if (Statistics.Count < StatisticsKept)
        {
            Statistics.Add(statistic);
        }
    }

    /// <summary>Forgets the agents, keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        GlobalDone = false;
    }

    /// <summary>The observation of agent <paramref name="index"/> of the message.</summary>
    public ReadOnlySpan<float> Observation(int index) => observations.AsSpan(index * observationSize, observationSize);

    /// <summary>Adds an agent and gives the memory for its observation, which the caller fills entirely.</summary>
    public Span<float> Add(int id, float reward, bool done, bool interrupted, int size)
    {
        observationSize = size;
        if (Count == Ids.Length)
        {
            Grow();
        }

        int needed = checked((Count + 1) * size);
        if (observations.Length < needed)
        {
            Array.Resize(ref observations, Math.Max(2 * observations.Length, needed));
        }

        Ids[Count] = id;
        Rewards[Count] = reward;
        Done[Count] = done;
        Interrupted[Count] = interrupted;
        return observations.AsSpan(Count++ * size, size);
    }

    private void Grow()
    {
        int length = Ids.Length * 2;
        int[] ids = Ids;
        float[] rewards = Rewards;
        bool[] done = Done;
        bool[] interrupted = Interrupted;
        Array.Resize(ref ids, length);
        Array.Resize(ref rewards, length);
        Array.Resize(ref done, length);
        Array.Resize(ref interrupted, length);
        (Ids, Rewards, Done, Interrupted) = (ids, rewards, done, interrupted);
    }
}
