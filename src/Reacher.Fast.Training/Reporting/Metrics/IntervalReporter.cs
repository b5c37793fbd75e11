namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records something beside what another reporter shows: a point every few transitions, and one at the end.</summary>
/// <param name="shown">Where the run shows itself.</param>
/// <param name="interval">Transitions from one point to the next.</param>
internal abstract class IntervalReporter(RunReporter shown, long interval) : RunReporter
{
    private long next;

    public override void Run(Action body) => shown.Run(body);

    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.Transitions >= next)
        {
            next = status.Transitions + interval;
            Record(status.ElapsedSeconds, status.Transitions, status.Updates);
        }

        shown.Show(status, evaluationScores);
    }

    public override void Say(string sentence) => shown.Say(sentence);

    public override void Finish(RunSummary summary)
    {
        Record(summary.ElapsedSeconds, summary.Transitions, summary.Updates);
        shown.Finish(summary);
    }

    /// <summary>Records what has come since the last call.</summary>
    protected abstract void Record(double seconds, long transitions, long updates);
}
