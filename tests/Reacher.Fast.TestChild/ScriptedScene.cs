using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.TestChild;

/// <summary>
/// A scene of any sizes whose agents see waves and are paid for nothing: each decision brings <see cref="Reward"/> and the
/// <see cref="EpisodeLength"/>-th ends all episodes, of the even agents as the task's own end and of the odd ones by a time limit.
/// </summary>
public sealed class ScriptedScene(int agentCount, int observationSize, int actionSize) : IVectorEnvironment
{
    /// <summary>Decisions of an episode.</summary>
    public const int EpisodeLength = 25;

    /// <summary>What each decision of each agent brings.</summary>
    public const float Reward = 2;

    private int decision;

    /// <inheritdoc/>
    public int AgentCount => agentCount;

    /// <inheritdoc/>
    public int ObservationSize => observationSize;

    /// <inheritdoc/>
    public int ActionSize => actionSize;

    /// <inheritdoc/>
    public void Reset(ulong seed, Span<float> observations)
    {
        decision = 0;
        Look(observations);
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        decision++;
        bool ends = decision == EpisodeLength;
        step.Rewards.Fill(Reward);
        step.Terminated.Clear();
        step.Truncated.Clear();
        if (ends)
        {
            Look(step.FinalObservations);
            for (int agent = 0; agent < agentCount; agent++)
            {
                (step.Terminated[agent], step.Truncated[agent]) = (agent % 2 == 0, agent % 2 != 0);
            }

            decision = 0;
        }

        Look(step.Observations);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Look(Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = MathF.Sin((0.7f * i) + (0.3f * decision));
        }
    }
}
