using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>The evaluation episode that one environment plays.</summary>
/// <param name="environment">Where it is played; it stays the caller's to dispose.</param>
internal sealed class EpisodeUnderWay(IVectorEnvironment environment)
{
    private readonly StepBuffer step = new(environment);
    private readonly EpisodeScores scores = new(environment.AgentCount);
    private long decisions;

    /// <summary>Agents that play it.</summary>
    public int Agents => environment.AgentCount;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What it came to, once it has ended.</summary>
    public EpisodeScore Score { get; private set; }

    /// <summary>Begins an episode.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="observations">[N, O], written.</param>
    public void Begin(ulong seed, Span<float> observations)
    {
        environment.Reset(seed, observations);
        scores.Forget();
        decisions = 0;
        HasEnded = false;
    }

    /// <summary>One decision of every agent; nothing if the episode has ended.</summary>
    /// <param name="actions">[N, A].</param>
    /// <param name="observations">[N, O], written.</param>
    /// <param name="longest">Decisions after which it is cut.</param>
    public void Step(ReadOnlySpan<float> actions, Span<float> observations, long longest)
    {
        if (HasEnded)
        {
            return;
        }

        VectorStep result = step.View;
        environment.Step(actions, result);
        result.Observations.CopyTo(observations);
        decisions++;
        bool ended = scores.Add(result);
        bool cut = !ended && decisions >= longest && scores.Cut();
        if (ended || cut)
        {
            HasEnded = true;
            Score = new EpisodeScore(scores.LastMean, scores.LastDeviation, cut);
        }
    }
}
