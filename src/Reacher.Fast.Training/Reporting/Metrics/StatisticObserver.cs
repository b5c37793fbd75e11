using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records what scenes report: a point for each key every few transitions.</summary>
/// <param name="recorder">Where it is recorded; not disposed here.</param>
/// <param name="folder">The run's spool of statistics.</param>
/// <param name="interval">Transitions from one point to the next.</param>
internal sealed class StatisticObserver(MetricsRecorder recorder, string folder, long interval) : IntervalObserver(interval)
{
    private readonly StatisticTotals totals = new();

    protected override void Record(double seconds, long transitions, long updates)
    {
        StatisticSpool.Collect(folder, totals);
        if (totals.Count == 0)
        {
            return;
        }

        var line = new MetricsLine
        {
            Kind = MetricsKind.Statistics,
            Seconds = seconds,
            Transitions = transitions,
            Updates = updates,
            Statistics = totals.All.ToDictionary(total => total.Key, total => total.Combined),
        };
        recorder.Record(line, totals.All);
        totals.Clear();
    }
}
