using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>A run beside others: what it is, and when it reached what, in the order in which a table shows them.</summary>
internal sealed record ComparedRun
{
    /// <summary>The run's id, or what was typed where two runs have the same id.</summary>
    public required string Run { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The algorithm: sac or td3.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The seed of everything random in the run.</summary>
    public required long Seed { get; init; }

    /// <summary>The score at which the task is solved.</summary>
    public required double? Threshold { get; init; }

    /// <summary>The first evaluation whose mean was the threshold or more; null if there was none.</summary>
    public required Milestone? FirstAtThreshold { get; init; }

    /// <summary>The moment at which the full window's mean reached the threshold; null if it did not.</summary>
    public required Milestone? Solved { get; init; }

    /// <summary>How many evaluation episodes it has played.</summary>
    public required int EvaluationEpisodes { get; init; }

    /// <summary>Mean of the window after the last evaluation episode.</summary>
    public required double? WindowMean { get; init; }

    /// <summary>Mean score of the policy that the run left; null while the run has not ended, or if it ended without.</summary>
    public required double? FinalScore { get; init; }

    /// <summary>Standard deviation of the scores behind <see cref="FinalScore"/>.</summary>
    public required double? FinalDeviation { get; init; }

    /// <summary>The learning curve against <paramref name="axis"/>. Runs are of one kind whose names differ in a number at the end alone.</summary>
    public LearningCurve Curve(CurveAxis axis) => LearningCurve.Of(Label(Run), Evaluations, Threshold, axis) with
    {
        Kind = Label(Run.TrimEnd([.. "0123456789"]).TrimEnd('-', '_') is { Length: > 0 } stem ? stem : Run),
    };

    /// <summary>The evaluation episodes, in the order in which they were played.</summary>
    private IReadOnlyList<MetricsLine> Evaluations { get; init; } = [];

    private string Label(string name) => $"{name} ({Algorithm.ToUpperInvariant()})";

    /// <summary>Reads a run from its folder.</summary>
    /// <param name="run">A run id in <paramref name="resultsFolder"/>, or a run's folder.</param>
    /// <param name="resultsFolder">The folder of all runs.</param>
    /// <exception cref="InputException">There is no such run, its files cannot be read, or it has no evaluation episode yet.</exception>
    public static ComparedRun Load(string run, string resultsFolder)
    {
        (RunFolder folder, RunOptions options) = SavedRun.Find(run, resultsFolder);
        var figures = new RunFigures(MetricsFile.Read(folder.Metrics), options);
        if (figures.Evaluations.Count == 0)
        {
            throw new InputException(
                $"The run '{folder.Id}' has no evaluation episode yet, so there is nothing to compare; let it train on.");
        }

        RunSummary? summary = RunSummary.Load(folder.Summary);
        return new ComparedRun
        {
            Run = folder.Id,
            Folder = folder.Folder,
            Algorithm = options.Algorithm,
            Seed = options.Seed,
            Threshold = figures.Threshold,
            FirstAtThreshold = summary?.FirstAtThreshold ?? figures.FirstAtThresholdAt,
            Solved = summary?.Solved ?? figures.SolvedAt,
            EvaluationEpisodes = figures.Evaluations.Count,
            WindowMean = figures.Evaluations[^1].WindowMean,
            FinalScore = summary?.FinalScore,
            FinalDeviation = summary?.FinalDeviation,
            Evaluations = figures.Evaluations,
        };
    }
}
