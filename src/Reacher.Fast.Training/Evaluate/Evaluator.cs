using System.Globalization;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Plays evaluation episodes without exploration, side by side: each in an environment of its own and with a seed of its own, so that episode
/// k of a run has the same goals, and the same policy scores the same in it, however many are played beside it, whatever was trained and
/// however often the process was restarted. The policy chooses for all of them at once. One decision at a time; nothing is allocated for
/// one.
/// </summary>
internal sealed class Evaluator
{
    private readonly IPolicy policy;
    private readonly EpisodeUnderWay[] episodes;
    private readonly EpisodeScore[] scores;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly ulong seed;
    private readonly long longest;
    private int count;
    private int agents;

    /// <param name="policy">The policy that plays, of the environments' sizes; it stays the caller's to dispose.</param>
    /// <param name="environments">Where to play, one for each episode played side by side; they stay the caller's to dispose.</param>
    /// <param name="seed">The run's seed, from which those of the episodes follow.</param>
    /// <param name="longest">Decisions after which an episode is cut.</param>
    public Evaluator(IPolicy policy, IReadOnlyList<IVectorEnvironment> environments, ulong seed, long longest)
    {
        (this.policy, this.seed, this.longest) = (policy, seed, longest);
        episodes = [.. environments.Select(environment => new EpisodeUnderWay(environment))];
        scores = new EpisodeScore[episodes.Length];
        int most = episodes.Sum(episode => episode.Agents);
        observations = new float[most * policy.ObservationSize];
        actions = new float[most * policy.ActionSize];
    }

    /// <summary>Most episodes that are played side by side.</summary>
    public int Width => episodes.Length;

    /// <summary>The scores of the episodes that were played last, in their order.</summary>
    public ReadOnlySpan<EpisodeScore> Scores => scores.AsSpan(0, count);

    /// <summary>The sentence that says of an evaluation that <paramref name="episodes"/> of its episodes were cut.</summary>
    public static string DescribeCut(string episodes, long longest) => string.Create(
        CultureInfo.InvariantCulture,
        $"{episodes} cut after {longest:N0} decisions (--longest-episode), before each agent had come to an end; the score is of what was " +
        $"earned by then.");

    /// <summary>Begins evaluation episodes.</summary>
    /// <param name="first">The number of the first; the others follow.</param>
    /// <param name="count">How many, up to <see cref="Width"/>.</param>
    public void Begin(long first, int count)
    {
        this.count = count;
        agents = 0;
        for (int i = 0; i < count; i++)
        {
            episodes[i].Begin(Seeds.OfEvaluation(seed, first + i), Rows(observations, agents, episodes[i].Agents, policy.ObservationSize));
            agents += episodes[i].Agents;
        }
    }

    /// <summary>One decision of every agent whose episode goes on.</summary>
    /// <returns>Whether all episodes have ended.</returns>
    public bool Step()
    {
        policy.Act(Rows(observations, 0, agents, policy.ObservationSize), Rows(actions, 0, agents, policy.ActionSize));
        bool ended = true;
        int row = 0;
        for (int i = 0; i < count; i++)
        {
            EpisodeUnderWay episode = episodes[i];
            episode.Step(
                Rows(actions, row, episode.Agents, policy.ActionSize), Rows(observations, row, episode.Agents, policy.ObservationSize), longest);
            scores[i] = episode.Score;
            ended &= episode.HasEnded;
            row += episode.Agents;
        }

        return ended;
    }

    /// <summary>Plays episodes to their end; parameters as for <see cref="Begin"/>.</summary>
    /// <exception cref="OperationCanceledException">It was ended between two decisions.</exception>
    public ReadOnlySpan<EpisodeScore> Play(long first, int count, CancellationToken cancellation = default)
    {
        Begin(first, count);
        do
        {
            cancellation.ThrowIfCancellationRequested();
        }
        while (!Step());
        return Scores;
    }

    private static Span<float> Rows(float[] block, int row, int count, int size) => block.AsSpan(row * size, count * size);
}
