using Reacher.Fast.Training.Reporting.Metrics;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>What an evaluation of one or more episodes came to: the mean of those that one version of the weights played side by side.</summary>
/// <param name="Last">The line of its last episode.</param>
/// <param name="Mean">The mean of its episodes' scores.</param>
internal sealed record EvaluationMean(MetricsLine Last, double Mean)
{
    /// <summary>The first evaluation whose mean reached the threshold; null if none did, and where there is no threshold.</summary>
    /// <param name="episodes">Evaluation episodes, each with a score; those of one evaluation were recorded at the same moment.</param>
    /// <param name="threshold">The score at which the task is solved; null for none.</param>
    public static EvaluationMean? FirstAt(IEnumerable<MetricsLine> episodes, double? threshold) => episodes
        .GroupBy(line => line.Seconds, (_, one) => new EvaluationMean(one.Last(), one.Average(line => line.Score!.Value)))
        .FirstOrDefault(evaluation => evaluation.Mean >= threshold);
}
