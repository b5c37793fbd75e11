using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records what scenes report beside what another reporter shows: a point for each key every few transitions.</summary>
/// <param name="shown">Where the run shows itself.</param>
/// <param name="recorder">Where it is recorded; not disposed here.</param>
/// <param name="folder">The run's spool of statistics.</param>
/// <param name="interval">Transitions from one point to the next.</param>
internal sealed class StatisticReporter(RunReporter shown, MetricsRecorder recorder, string folder, long interval) : IntervalReporter(shown, interval)
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
