using System.Diagnostics;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.View;

/// <summary>Tells a program how its run stands.</summary>
/// <param name="progress">Told so a few times a second; null for nobody.</param>
/// <param name="log">Takes sentences for the user; null for nobody.</param>
internal sealed class ProgressView(IProgress<TrainingProgress>? progress, Action<string>? log) : IRunView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private long shownAt;

    /// <summary>What the run came to, once it has ended.</summary>
    public RunSummary? Summary { get; private set; }

    /// <inheritdoc/>
    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (progress is null || (shownAt != 0 && Stopwatch.GetElapsedTime(shownAt) < Interval))
        {
            return;
        }

        shownAt = Stopwatch.GetTimestamp();
        progress.Report(new TrainingProgress
        {
            Seconds = status.ElapsedSeconds,
            Transitions = status.Transitions,
            Updates = status.Updates,
            TrainingScore = Known(status.TrainingScore),
            EvaluationScore = Known(status.EvaluationScore),
            WindowMean = Known(status.WindowMean),
        });
    }

    /// <inheritdoc/>
    public void Say(string sentence) => log?.Invoke(sentence);

    /// <inheritdoc/>
    public void Finish(RunSummary summary) => Summary = summary;

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
