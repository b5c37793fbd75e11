using System.Diagnostics.Metrics;

namespace Reacher.Fast.Training.Reporting.Telemetry;

/// <summary>
/// A run's counters and gauges as instruments of <c>System.Diagnostics.Metrics</c>, meter <c>Reacher.Fast</c>, in the supervisor:
/// <c>dotnet-counters monitor -n reacher-fast --counters Reacher.Fast</c> shows them, <see cref="OtlpExport"/> sends them. They are
/// computed from the last status when a listener asks, and cost nothing while there is none. A figure that is not a number is not reported.
/// </summary>
internal sealed class RunMeter : IRunObserver, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Reacher.Fast";

    private readonly Meter meter;
    private volatile RunStatus? status;

    /// <param name="runId">A tag of every measurement, as is <paramref name="behavior"/>.</param>
    /// <param name="behavior">The behaviour's name.</param>
    public RunMeter(string runId, string behavior)
    {
        meter = new Meter(new MeterOptions(Name)
        {
            Version = typeof(RunMeter).Assembly.GetName().Version?.ToString(3),
            Tags = [new("run.id", runId), new("behavior", behavior)],
        });
        Count("reacher_fast.transitions", "{transition}", "Agent decisions made.", run => run.Transitions);
        Count("reacher_fast.updates", "{update}", "Updates made.", run => run.Updates);
        Count("reacher_fast.episodes", "{episode}", "Training episodes that have ended.", run => run.Episodes);
        Count("reacher_fast.evaluation.episodes", "{episode}", "Evaluation episodes that have ended.", run => run.EvaluationEpisodes);
        Gauge("reacher_fast.training.score", "1", "Score of the last training episode, mean over the agents.", run => run.TrainingScore);
        Gauge("reacher_fast.evaluation.score", "1", "Score of the last evaluation episode.", run => run.EvaluationScore);
        Gauge("reacher_fast.evaluation.window.mean", "1", "Mean of the evaluation window.", run => run.WindowMean);
        Gauge(
            "reacher_fast.evaluation.window.fill", "1", "Part of the evaluation window that is filled.",
            run => run.WindowCount / (double)run.WindowSize);
        Gauge("reacher_fast.replay.fill", "1", "Part of the replay that is filled.", run => run.ReplayRows / (double)run.ReplayCapacity);
        foreach (ProgressFigure figure in ProgressFigures.All)
        {
            if (figure.Figure.Instrument is { } instrument)
            {
                Gauge(instrument, figure.Figure.Unit, figure.Figure.Description, run => Measured(figure, run));
            }
        }

        meter.CreateObservableGauge(
            "reacher_fast.process.cpu", () => Processes(process => process.ProcessorPercent / 100),
            "1", "Processor time of a process of the run, 1 for a whole processor.");
        meter.CreateObservableCounter(
            "reacher_fast.process.restarts", () => Processes(process => (long)process.Restarts),
            "{restart}", "How often a process of the run was started again.");
        meter.CreateObservableCounter(
            "reacher_fast.machine.rows", () => Machines(machine => machine.Rows),
            "{row}", "Rows of a machine that has joined that are in the replay.");
        meter.CreateObservableGauge(
            "reacher_fast.machine.rows.rate", () => Machines(machine => machine.RowsPerSecond),
            "{row}/s", "Rows of a machine that has joined that come into the replay, a second.");
        meter.CreateObservableGauge(
            "reacher_fast.machine.rows.waiting", () => Machines(machine => machine.Waiting),
            "{row}", "Rows that a machine that has joined holds and that are not in the replay yet.");
        meter.CreateObservableGauge(
            "reacher_fast.machine.weights.behind", () => Machines(machine => machine.WeightsBehind),
            "{update}", "Updates by which the weights of a machine that has joined are behind the newest.");
        meter.CreateObservableGauge(
            "reacher_fast.machine.silence", () => Machines(machine => machine.SilentSeconds),
            "s", "For how long a machine that has joined has not been heard of.");
    }

    /// <summary>Takes in how the run stands.</summary>
    public string? OnStatus(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        this.status = status;
        return null;
    }

    public void Dispose() => meter.Dispose();

    // Before the first update the learner's figures are zeros that were never measured, so they are not reported.
    private static double Measured(ProgressFigure figure, RunStatus run) =>
        figure.IsLearned && run.Updates == 0 ? double.NaN : figure.Read(run);

    private void Count(string name, string unit, string description, Func<RunStatus, long> read) =>
        meter.CreateObservableCounter<long>(name, () => status is { } run ? [new Measurement<long>(read(run))] : [], unit, description);

    private void Gauge(string name, string unit, string description, Func<RunStatus, double> read) =>
        meter.CreateObservableGauge<double>(
            name, () => status is { } run && double.IsFinite(read(run)) ? [new Measurement<double>(read(run))] : [], unit, description);

    private IEnumerable<Measurement<T>> Processes<T>(Func<ProcessStatus, T> read)
        where T : struct =>
        status?.Processes.Select(
            process => new Measurement<T>(read(process), new KeyValuePair<string, object?>("process", process.Name))) ?? [];

    // Two machines may have the same name, and never the same place.
    private IEnumerable<Measurement<T>> Machines<T>(Func<JoinedStatus, T> read)
        where T : struct =>
        status?.Machines?.Select(machine => new Measurement<T>(
            read(machine),
            new KeyValuePair<string, object?>("machine", machine.Name),
            new KeyValuePair<string, object?>("place", machine.Place))) ?? [];
}
