using System.Diagnostics;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Policies;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Reporting.Telemetry;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>One run, from its configuration to what it leaves behind, whether a command line or a program asks for it.</summary>
/// <param name="loaded">The configuration.</param>
/// <param name="view">Shows the run.</param>
internal sealed class TrainingRun(LoadedConfiguration loaded, IRunView view)
{
    /// <summary>Where an OpenTelemetry collector listens; null for where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says.</summary>
    public string? Collector { get; init; }

    /// <summary>
    /// The caller's own environment, for a run in one process: it is trained and evaluated in, alternately, and not disposed. Null for that
    /// of the configuration.
    /// </summary>
    public IVectorEnvironment? Own { get; init; }

    /// <summary>Where other machines may join the run; null for nowhere.</summary>
    public ClusterEndpoint? Cluster { get; set; }

    /// <summary>Takes a sentence that the user should read before the run is shown, or after.</summary>
    public Action<string> Warn { get; init; } = OutputLine.WriteWarning;

    /// <summary>Called once the run is certain to begin: nobody should read about a run that is then refused.</summary>
    public Action? Beginning { get; init; }

    /// <summary>Asks the run to end, as SIGINT would; null where those signals do.</summary>
    public CancellationToken? Stop { get; init; }

    /// <summary>When the command began (<see cref="Stopwatch.GetTimestamp"/>), from which the run's seconds count.</summary>
    public long Begun { get; init; } = Stopwatch.GetTimestamp();

    /// <summary>The run's folder, once <see cref="Run"/> has begun.</summary>
    public RunFolder? Files { get; private set; }

    /// <summary>Trains, from the beginning or from where the run was left.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="InputException">Something in the configuration, the run's folder or the machine does not allow it.</exception>
    public int Run()
    {
        RunOptions options = RunPlanner.Settle(ResumptionCheck.WithSeed(loaded.Options), TimeProvider.System);
        if (Cluster is not null)
        {
            Cluster = RequireProcesses(options, Cluster);
        }

        RunLock.Check(RunFolder.Of(options), options.Resume, options.Force);
        if (Own is not null)
        {
            RequireBehavior(options, options.Behavior);
            return Train(options, RunPreparation.PlanFor(options, Own), Own);
        }

        // Environment and device are tried first, so that the user learns of anything wrong with them before a folder is made.
        using PlanningEnvironment probe = RunPreparation.OpenEnvironment(options);
        RequireBehavior(options, probe.Behavior ?? options.Behavior);
        options = RunPlanner.OfScene(loaded, options, probe.Behavior, Warn);
        RunPlan plan = RunPreparation.PlanFor(options, probe.Environment);
        IVectorEnvironment? player = plan.InProcess && plan.Environment.IsPlayer ? probe.Environment : null;
        if (player is null)
        {
            probe.Dispose();
        }

        return Train(options, plan, player);
    }

    // Orleans is looked for at once, not when the run's folder has been made.
    private static ClusterEndpoint RequireProcesses(RunOptions options, ClusterEndpoint cluster)
    {
        if (options.InProcess)
        {
            throw new InputException("Other machines join a run that has processes, and in_process asks for none; leave one of the two out.");
        }

        IClusterBackend backend = ClusterAssembly.Load();
        if (cluster.Store is not null)
        {
            cluster = cluster with { Run = options.RunId };
            backend.RequireStore(cluster);
        }

        return cluster;
    }

    private static void RequireBehavior(RunOptions options, string behavior)
    {
        if (options.Resume)
        {
            ResumptionCheck.RequireBehavior(RunFolder.Of(options), behavior);
        }
    }

    private int Train(RunOptions options, RunPlan plan, IVectorEnvironment? player)
    {
        using var meter = new RunMeter(options.RunId!, options.Behavior);
        // The export is disposed before the meter, because it still sends the meter's last figures.
        using IDisposable? export = OtlpExport.Start(Collector);
        bool resume = options.Resume;
        RunFolder files = Files = RunFolder.Of(options);
        StateDictionary? beginning = resume ? null : ReadBeginning(options, plan);
        DiskSpace.Require(plan, LockstepParts.ReplayRows(plan, player is not null), files);
        using RunLock owned = RunLock.Claim(files, resume, options.Force);
        using RunResumption? resumed = resume ? RunResumption.Prepare(files, plan) : null;
        Beginning?.Invoke();
        ConfigurationWriter.Save(options, files.Configuration);
        if (beginning is not null)
        {
            Safetensors.Write(beginning, files.InitialWeights);
        }

        using var recorder = new MetricsRecorder(files, options, resumed?.Transitions);
        long interval = options.SummaryInterval;
        var reporter = new RunReporter(
            view,
            new ReturnObserver(recorder, files.Logs, interval),
            new StatisticObserver(recorder, RunFolder.StatisticsIn(files.Logs), interval),
            new MetricsObserver(recorder, interval, EvaluationLog.Read(files.Evaluations).Count),
            meter);
        int code = plan.InProcess ? TrainInProcess(plan, files, reporter, player) : TrainInProcesses(plan, files, reporter);
        resumed?.Dispose();
        EndedReplay.DeleteUnlessKept(files, plan, code, Warn);
        return code;
    }

    // The other run's policy is read before --force empties the run's folder, since it may come from that very folder.
    private static StateDictionary? ReadBeginning(RunOptions options, RunPlan plan) =>
        options.InitializeFrom is string source
            ? TrainingCheckpoints.ReadInitial(RunSource.Find(source, options.ResultsFolder, whole: true).CheckpointFile, plan)
            : null;

    private int TrainInProcess(RunPlan plan, RunFolder files, RunReporter reporter, IVectorEnvironment? player)
    {
        using var lockstep = new LockstepTraining(files, plan, reporter, loaded.Options.Resume, player, Begun);
        return Stop is CancellationToken stop ? lockstep.Run(stop) : lockstep.Run();
    }

    private int TrainInProcesses(RunPlan plan, RunFolder files, RunReporter reporter)
    {
        using Supervisor supervisor =
            loaded.Options.Resume ? Supervisor.Resume(files, plan, reporter, Begun) : Supervisor.Create(files, plan, reporter, Begun);
        supervisor.Cluster = Cluster;
        return supervisor.Run();
    }
}
