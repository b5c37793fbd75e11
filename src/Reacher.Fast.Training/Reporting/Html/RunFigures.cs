using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>What the metrics of a run come to.</summary>
internal sealed class RunFigures
{
    /// <summary>Sums the lines up, which are in the order they were written; they may be none.</summary>
    public RunFigures(IReadOnlyList<MetricsLine> lines, RunOptions options)
    {
        Threshold = options.Threshold;
        Window = options.EvaluationWindow;
        Progress = Of(lines, MetricsKind.Progress);
        Evaluations = [.. Of(lines, MetricsKind.Evaluation).Where(line => line.Score is not null)];
        Training = [.. Of(lines, MetricsKind.Training).Where(line => line.Score is not null)];
        Last = lines.Count == 0 ? null : lines[^1];
        Updates = lines.Max(line => line.Updates) ?? 0;
        FirstAtThreshold = EvaluationMean.FirstAt(Evaluations, Threshold);
        Solved = Evaluations.FirstOrDefault(line => line.WindowCount >= Window && line.WindowMean >= Threshold);
        BestScore = Evaluations.Count == 0 ? null : Evaluations.Max(line => line.Score);
    }

    /// <summary>Those of a run's metrics; null where they cannot be read.</summary>
    public static RunFigures? TryRead(string metrics, RunOptions options)
    {
        try
        {
            return new RunFigures(MetricsFile.Read(metrics), options);
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>The score at which the task is solved; null where nothing counts as solved.</summary>
    public double? Threshold { get; }

    /// <summary>Evaluation episodes in the window.</summary>
    public int Window { get; }

    /// <summary>Losses and rates over time.</summary>
    public IReadOnlyList<MetricsLine> Progress { get; }

    /// <summary>Evaluation episodes over time.</summary>
    public IReadOnlyList<MetricsLine> Evaluations { get; }

    /// <summary>Training episodes over time.</summary>
    public IReadOnlyList<MetricsLine> Training { get; }

    /// <summary>The run's last line; null if there is none.</summary>
    public MetricsLine? Last { get; }

    /// <summary>The first evaluation at the threshold; null if there was none.</summary>
    public EvaluationMean? FirstAtThreshold { get; }

    /// <summary>The evaluation that made the full window's mean reach the threshold; null if none did.</summary>
    public MetricsLine? Solved { get; }

    /// <summary>When, by its own time, the run was first at the threshold; null if it never was.</summary>
    public Milestone? FirstAtThresholdAt => MilestoneAt(FirstAtThreshold?.Last, FirstAtThreshold?.Mean);

    /// <summary>When, by its own time, the run was solved; null if it was not.</summary>
    public Milestone? SolvedAt => MilestoneAt(Solved, Solved?.WindowMean);

    /// <summary>Best evaluation; null before the first.</summary>
    public double? BestScore { get; }

    /// <summary>Most updates that any line tells of.</summary>
    public long Updates { get; }

    /// <summary>Training episodes that had ended by then; an episode between two looks has a number, but no line.</summary>
    public long EpisodesBy(MetricsLine? line) =>
        line is null ? 0 : Training.LastOrDefault(episode => episode.Transitions <= line.Transitions)?.Episode ?? 0;

    private Milestone? MilestoneAt(MetricsLine? line, double? score) =>
        line is null ? null : new Milestone(EpisodesBy(line), line.Transitions, line.Seconds, score ?? 0);

    // A run that went back to a checkpoint does what came after it again: the later lines stand.
    private static List<MetricsLine> Of(IReadOnlyList<MetricsLine> lines, MetricsKind kind)
    {
        var standing = new List<MetricsLine>();
        foreach (MetricsLine line in lines.Where(line => line.Kind == kind))
        {
            while (standing.Count > 0 && standing[^1].Transitions > line.Transitions)
            {
                standing.RemoveAt(standing.Count - 1);
            }

            standing.Add(line);
        }

        return standing;
    }
}
