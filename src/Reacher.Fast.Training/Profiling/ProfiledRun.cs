using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// A real run in a scratch folder: the supervisor and its processes as <c>train</c> starts them, ended after some seconds. Rates are those of the
/// time after it has settled: the first updates are compiled as they run.
/// </summary>
internal sealed class ProfiledRun(RunPlan plan, string folder)
{
    /// <summary>Runs, and returns what was measured; null if it was interrupted before it had settled.</summary>
    /// <param name="time">How long to measure.</param>
    /// <param name="progress">Called some times a second with how it stands.</param>
    /// <exception cref="InvalidOperationException">The run failed; the message says where to look.</exception>
    public RunMeasurement? Measure(TimeSpan time, Action<RunStatus> progress)
    {
        RunPlan endless = plan with { StopWhenSolved = false, TransitionLimit = 0, CheckpointInterval = long.MaxValue };
        var files = new RunFolder(folder, plan.Behavior);
        var view = new MeasuringView(time, progress);
        using Supervisor supervisor = Supervisor.Create(files, endless, new RunReporter(view));
        using ControlBlock control = ControlBlock.Open(files.Control);
        // The run is interrupted, because one that ends for any other reason evaluates its last weights.
        view.Done = () => control.RequestStop(StopReason.Interrupted);
        if (supervisor.Run() == ExitCodes.Failed)
        {
            throw new InvalidOperationException("The profile's run failed, as said above; try 'reacher-fast train' with the same flags.");
        }

        Events = view.Events;
        return view.Measurement;
    }

    /// <summary>What the supervisor had to say: restarts.</summary>
    public IReadOnlyList<string> Events { get; private set; } = [];

    private sealed class MeasuringView(TimeSpan time, Action<RunStatus> progress) : IRunView
    {
        private readonly double seconds = time.TotalSeconds;
        private readonly double settling = Math.Min(2, time.TotalSeconds / 2);
        private readonly Dictionary<string, double> processorTime = [];
        private readonly List<string> events = [];
        private double? firstUpdate;
        private RunStatus? first;
        private RunStatus? last;

        public Action Done { get; set; } = () => { };

        public IReadOnlyList<string> Events => events;

        public RunMeasurement? Measurement
        {
            get
            {
                double measured = last is null || first is null ? 0 : last.ElapsedSeconds - first.ElapsedSeconds;
                return measured <= 0 ? null : new RunMeasurement(
                    measured,
                    (last!.Transitions - first!.Transitions) / measured,
                    (last.Updates - first.Updates) / measured,
                    processorTime.ToDictionary(process => process.Key, process => process.Value / measured));
            }
        }

        public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
        {
            progress(status);
            if (status.Phase == RunPhase.Ended || status.Updates == 0)
            {
                return;
            }

            firstUpdate ??= status.ElapsedSeconds;
            if (status.ElapsedSeconds - firstUpdate < settling)
            {
                return;
            }

            if (first is null)
            {
                first = last = status;
                return;
            }

            foreach (ProcessStatus process in status.Processes)
            {
                // The percentages are of the time since the status before.
                processorTime[process.Name] = processorTime.GetValueOrDefault(process.Name) +
                    (process.ProcessorPercent * (status.ElapsedSeconds - last!.ElapsedSeconds));
            }

            last = status;
            if (last.ElapsedSeconds - first.ElapsedSeconds >= seconds)
            {
                Done();
            }
        }

        public void Say(string sentence) => events.Add(sentence);

        public void Finish(RunSummary summary)
        {
        }
    }
}
