using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>
/// The quickest task that is still one: a number is shown and the reward is minus the action's squared distance from it, for four decisions an
/// episode. A run on it makes in an hour the rows, updates and evaluations of days. It is public because runs load it from this assembly.
/// </summary>
/// <param name="agentCount">N, at least 1.</param>
public sealed class QuickTask(int agentCount) : IVectorEnvironment
{
    private const int DecisionsPerEpisode = 4;

    private readonly float[] shown = new float[agentCount];
    private ulong state;
    private int decision;

    /// <inheritdoc/>
    public int AgentCount => agentCount;

    /// <inheritdoc/>
    public int ObservationSize => 1;

    /// <inheritdoc/>
    public int ActionSize => 1;

    /// <inheritdoc/>
    public void Reset(ulong seed, Span<float> observations)
    {
        (state, decision) = (seed | 1, 0);
        Draw(observations);
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        for (int i = 0; i < shown.Length; i++)
        {
            float distance = actions[i] - shown[i];
            step.Rewards[i] = -distance * distance;
        }

        decision = (decision + 1) % DecisionsPerEpisode;
        bool over = decision == 0;
        step.Terminated[..shown.Length].Clear();
        step.Lost[..shown.Length].Clear();
        step.Truncated[..shown.Length].Fill(over);
        if (over)
        {
            shown.CopyTo(step.FinalObservations);
        }

        Draw(step.Observations);
    }

    /// <summary>Does nothing, because the environment holds no resources.</summary>
    public void Dispose()
    {
    }

    // Marsaglia's xorshift64 ("Xorshift RNGs", 2003), which is quick and good enough for numbers that only have to differ.
    private void Draw(Span<float> observations)
    {
        ulong x = state;
        for (int i = 0; i < shown.Length; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            shown[i] = ((x >> 40) * (2f / (1 << 24))) - 1;
        }

        state = x;
        shown.CopyTo(observations);
    }
}
