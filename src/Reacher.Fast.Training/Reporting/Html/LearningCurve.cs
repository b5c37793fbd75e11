using Reacher.Fast.Training.Reporting.Metrics;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>What a learning curve is drawn against.</summary>
internal enum CurveAxis
{
    /// <summary>Seconds since the run began, interruptions left out.</summary>
    Time = 0,

    /// <summary>The transitions of all agents so far.</summary>
    Transitions = 1,
}

/// <summary>
/// One learning curve of a picture. <see cref="CurvePicture"/> does not ask where it comes from: a run, or a file of reference values.
/// </summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Scores">Scores of single evaluation episodes, in the order of X; may be empty.</param>
/// <param name="Means">Their running mean, in the order of X; may be empty.</param>
/// <param name="Threshold">The score to mark by a line; null for none.</param>
/// <param name="FirstAtThreshold">The first evaluation whose mean reached it; null if none did.</param>
internal sealed record LearningCurve(
    string Name, IReadOnlyList<ChartPoint> Scores, IReadOnlyList<ChartPoint> Means, double? Threshold, ChartPoint? FirstAtThreshold)
{
    /// <summary>What it shares with curves of other seeds, which get its colour where each cannot have its own.</summary>
    public string Kind { get; init; } = Name;

    /// <summary>The curve of a run.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="evaluations">The run's evaluation episodes, each with a score.</param>
    /// <param name="threshold">The score at which the task is solved.</param>
    /// <param name="axis">What it is drawn against.</param>
    public static LearningCurve Of(string name, IReadOnlyList<MetricsLine> evaluations, double? threshold, CurveAxis axis)
    {
        ChartPoint[] scores = [.. evaluations.Select(line => new ChartPoint(X(line), line.Score!.Value))];
        ChartPoint[] means = [.. evaluations
            .Where(line => line.WindowMean is not null).Select(line => new ChartPoint(X(line), line.WindowMean!.Value))];
        EvaluationMean? first = EvaluationMean.FirstAt(evaluations, threshold);
        return new LearningCurve(name, scores, means, threshold, first is null ? null : new ChartPoint(X(first.Last), first.Mean));

        double X(MetricsLine line) => axis == CurveAxis.Time ? line.Seconds : line.Transitions;
    }
}
