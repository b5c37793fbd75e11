using System.Runtime.InteropServices;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records how the returns of the agents' episodes are distributed: those since the last point, every few transitions.</summary>
/// <param name="recorder">Where it is recorded; not disposed here.</param>
/// <param name="logs">The run's folder of logs, where the env processes leave them.</param>
/// <param name="interval">Transitions from one point to the next.</param>
internal sealed class ReturnObserver(MetricsRecorder recorder, string logs, long interval) : IntervalObserver(interval)
{
    private readonly ReturnReader reader = new(logs);
    private readonly List<double> returns = [];

    protected override void Record(double seconds, long transitions, long updates)
    {
        reader.Collect(returns);
        recorder.RecordReturns(transitions, CollectionsMarshal.AsSpan(returns));
        returns.Clear();
    }
}
