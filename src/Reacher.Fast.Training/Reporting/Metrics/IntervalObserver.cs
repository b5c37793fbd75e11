namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records a point every few transitions, and one at the run's end.</summary>
/// <param name="interval">Transitions from one point to the next.</param>
internal abstract class IntervalObserver(long interval) : IRunObserver
{
    private long next;

    public string? OnStatus(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.Transitions >= next)
        {
            next = status.Transitions + interval;
            Record(status.ElapsedSeconds, status.Transitions, status.Updates);
        }

        return null;
    }

    public string? OnFinished(RunSummary summary)
    {
        Record(summary.ElapsedSeconds, summary.Transitions, summary.Updates);
        return null;
    }

    /// <summary>Records what has come since the last call.</summary>
    protected abstract void Record(double seconds, long transitions, long updates);
}
