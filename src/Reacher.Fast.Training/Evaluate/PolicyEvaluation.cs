using System.Globalization;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>Scores of evaluation episodes.</summary>
/// <param name="Scores">One an episode: the mean over its agents.</param>
/// <param name="CutEpisodes">Episodes that were cut because they had become too long.</param>
internal sealed record EvaluationResult(IReadOnlyList<double> Scores, int CutEpisodes)
{
    /// <summary>One sentence about episodes that were cut; null if none was.</summary>
    public string? DescribeCut(long longest) => CutEpisodes == 0
        ? null
        : Evaluator.DescribeCut(string.Create(CultureInfo.InvariantCulture, $"{CutEpisodes} of {Scores.Count} episodes were"), longest);

    public double Mean => Scores.Average();

    public double Deviation
    {
        get
        {
            double mean = Mean;
            return Math.Sqrt(Scores.Average(score => (score - mean) * (score - mean)));
        }
    }

    public double Minimum => Scores.Min();

    public double Maximum => Scores.Max();
}

/// <summary>Plays evaluation episodes with one policy, as many side by side as there are environments.</summary>
internal static class PolicyEvaluation
{
    // These episodes are others than those by which a run chose its best policy, because by the scores that chose it the policy would
    // look better than it is.
    private const long FirstEpisode = 1L << 32;

    /// <param name="policy">The policy that plays, of the environment's sizes.</param>
    /// <param name="environments">The environments to play in.</param>
    /// <param name="seed">The run's seed, from which those of the episodes follow.</param>
    /// <param name="episodes">How many episodes are played.</param>
    /// <param name="longest">Decisions after which an episode is cut.</param>
    /// <param name="progress">Told, now and then, how many have been played and their mean score; may be null.</param>
    /// <param name="cancellation">Ends it between two decisions.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static EvaluationResult Play(
        IPolicy policy,
        IReadOnlyList<IVectorEnvironment> environments,
        ulong seed,
        int episodes,
        long longest,
        Action<int, double>? progress = null,
        CancellationToken cancellation = default)
    {
        var evaluator = new Evaluator(policy, environments, seed, longest);
        int cut = 0;
        var scores = new List<double>(episodes);
        while (scores.Count < episodes)
        {
            foreach (EpisodeScore score in evaluator.Play(
                FirstEpisode + scores.Count, Math.Min(evaluator.Width, episodes - scores.Count), cancellation))
            {
                scores.Add(score.Mean);
                cut += score.WasCut ? 1 : 0;
            }

            progress?.Invoke(scores.Count, scores.Average());
        }

        return new EvaluationResult(scores, cut);
    }
}
