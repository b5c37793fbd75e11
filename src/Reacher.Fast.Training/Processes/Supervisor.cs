using System.Globalization;
using System.Threading.Channels;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The main process of a run: makes the mapped files, starts learner, env and eval as processes of this executable, restarts what dies,
/// shows what happens, and ends everything cleanly. No transition or weight passes through it. If it is killed, its children notice
/// within a quarter of a second (<see cref="SupervisorWatch"/>) and end, the learner with a last checkpoint if it takes no longer than a
/// second; the mapped files stay, and the run goes on with <c>--resume</c>.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    // One update of a large network is one turn of the learner's loop, and may take longer than --hung-seconds allows the others.
    private static readonly TimeSpan LongestLearnerTurn = TimeSpan.FromSeconds(10);
    // A disk that takes minutes to write a checkpoint would take as long for the next process.
    private static readonly TimeSpan LongestSave = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestLastSave = TimeSpan.FromSeconds(20);

    private readonly RunFolder files;
    private readonly RunPlan plan;
    private readonly RunReporter reporter;
    private readonly ReplayFile replay;
    private readonly ControlBlock control;
    private readonly WeightChannel weights;
    private readonly List<SupervisedChild> children = [];
    private readonly RunProgress progress;
    // What children warn of is in their logs as well, so a flood of it is cut off here.
    private readonly Channel<string> warnings = Channel.CreateBounded<string>(
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ManualResetEventSlim wake = new();
    private readonly WatchClock clock = new(TimeProvider.System);

    private Supervisor(
        RunFolder files, RunPlan plan, RunReporter reporter, ReplayFile replay, ControlBlock control, WeightChannel weights, long? begun)
    {
        this.files = files;
        this.plan = plan;
        this.reporter = reporter;
        this.replay = replay;
        this.control = control;
        this.weights = weights;
        progress = new RunProgress(files, plan, control, replay, begun);
    }

    /// <summary>Where other machines may join the run; null for nowhere.</summary>
    public ClusterEndpoint? Cluster { get; set; }

    private bool MachinesJoinAnew { get; init; }

    /// <summary>Makes the files of a new run, whose seconds count from <paramref name="begun"/>, or from now.</summary>
    /// <exception cref="InputException">There is not enough room for the replay, or the folder cannot be written.</exception>
    public static Supervisor Create(RunFolder files, RunPlan plan, RunReporter reporter, long? begun = null)
    {
        Directory.CreateDirectory(files.Logs);
        ReplayFile replay = ReplayFile.Create(files.Replay, plan.TransitionSpec, plan.BufferSize, new ReplayOptions { Overwrite = true });
        ControlBlock control = ControlBlock.Create(files.Control, overwrite: true);
        WeightChannel weights = WeightChannel.Create(files.Weights, plan.PublishedLength, overwrite: true);
        plan.Save(files.Plan);
        return new Supervisor(files, plan, reporter, replay, control, weights, begun);
    }

    /// <summary>Opens the files of a run that goes on, whose seconds count on from <paramref name="begun"/>, or from now.</summary>
    /// <exception cref="InputException">A file is missing or damaged.</exception>
    public static Supervisor Resume(RunFolder files, RunPlan plan, RunReporter reporter, long? begun = null)
    {
        ReplayFile replay = ReplayFile.Open(files.Replay, plan.TransitionSpec);
        ControlBlock control = ControlBlock.Open(files.Control);
        WeightChannel weights = WeightChannel.Open(files.Weights, plan.PublishedLength);
        bool isAsBefore = RunPlan.TryLoad(files.Plan)?.IsAs(plan) ?? false;
        plan.Save(files.Plan);
        return new Supervisor(files, plan, reporter, replay, control, weights, begun) { MachinesJoinAnew = !isAsBefore };
    }

    /// <summary>The run, from its start to its end.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        control.Supervisor.Take();
        PrepareForMachines();
        control.ClearStop();
        // The environments may run ahead of the learner by a few vector steps, so that neither waits for the other at every turn.
        double ahead = Math.Max(plan.UpdatesPerTurn, 4 * plan.UpdatesPerStep);
        control.Limiter.Configure(new RateLimits(plan.UpdatesPerTransition, Warmup.End(plan, control, replay), LearnerSlack: 1, ahead));
        Cooldown.Keep(plan, control, progress.WasSolved);
        // A run that had ended by itself ends again at once, unless it is given more to do.
        Cooldown.StopWhenDue(plan, control);
        if (!control.ShouldStop)
        {
            AddChildren();
        }

        reporter.Warn(progress.Warning);

        using var signals = new StopSignals(control, wake.Set, KillChildren);
        Exception? failure = null;
        reporter.Run(() =>
        {
            try
            {
                foreach (SupervisedChild child in children)
                {
                    reporter.Warn(child.Start());
                }

                Watch();
            }
            catch (Exception exception)
            {
                // Whatever it is, the children are ended in order and the run is summed up before it is told.
                control.RequestStop(StopReason.Failed);
                failure = exception;
            }

            if (failure is null && LastRounds.ArePlayed(plan, control))
            {
                LastRounds.Await(children, clock, signals.First);
            }

            End();
            SayWarnings();
            if (failure is null && !signals.IsLeaving && control.StopReason is StopReason.Solved or StopReason.MaximumSteps)
            {
                reporter.Warn(progress.EvaluateFinalPolicy(
                    weights, status => reporter.Show(status, progress.EvaluationScores), signals.First));
            }

            progress.Refresh();
            reporter.Show(progress.Status(children, RunPhase.Ended), progress.EvaluationScores);
        });

        if (signals.IsLeaving)
        {
            // The second signal's thread has killed the children and is ending this process; that they are gone is no failure to report.
            return ExitCodes.Interrupted;
        }

        RunSummary summary = progress.Summarize(control.StopReason, FinalModel.Export(files, plan, reporter.Say));
        reporter.Warn(progress.Save(summary));
        reporter.Finish(summary);
        if (failure is ChildFailedException or InputException)
        {
            OutputLine.WriteError(failure.Message);
        }
        else if (failure is not null)
        {
            OutputLine.WriteFailure(failure);
        }

        return failure is InputException ? ExitCodes.Usage
            : failure is null && signals.First.IsCancellationRequested ? ExitCodes.Interrupted
            : ExitCodes.Of(control.StopReason);
    }

    public void Dispose()
    {
        foreach (SupervisedChild child in children)
        {
            child.Dispose();
        }

        progress.Machines?.Dispose();
        weights.Dispose();
        control.Dispose();
        replay.Dispose();
        wake.Dispose();
    }

    // Before anybody writes to a replay that was just opened: what a process that was killed had begun to publish is settled by the stamps that
    // it left, also where no machine may join this time.
    private void PrepareForMachines()
    {
        if (Cluster is not null || File.Exists(files.Acknowledgements))
        {
            var machines = new JoinedMachines(AcknowledgementLog.Resume(files.Acknowledgements, replay), control);
            if (MachinesJoinAnew)
            {
                machines.JoinAnew();
            }

            if (Cluster is null)
            {
                machines.Dispose();
            }
            else
            {
                progress.Machines = machines;
            }
        }

        Cluster?.Save(files.Cluster);
        progress.EnvironmentSlots = Cluster is null ? plan.EnvironmentCount : ControlBlock.MaximumEnvironments;
    }

    private void AddChildren()
    {
        Add(control.Learner, "learner", "role-learner");
        for (int i = 0; i < plan.EnvironmentCount; i++)
        {
            Add(control.Slot(ProcessRole.Environment, i), string.Create(CultureInfo.InvariantCulture, $"env-{i}"), "role-env");
        }

        Add(control.Slot(ProcessRole.Evaluation, 0), "eval-0", "role-eval");

        if (Cluster is not null)
        {
            Add(control.Cluster, "cluster", "role-cluster", Cluster.Store?.ForProcess);
        }

        void Add(ProcessSlot slot, string name, string verb, IReadOnlyDictionary<string, string>? environment = null) =>
            children.Add(ChildPlaces.Open(
                files, slot, name, verb, plan.MaxLifetimeRestarts, clock, sentence => warnings.Writer.TryWrite(sentence), environment));
    }

    private void Watch()
    {
        // A Unity player may take its whole time-out for one step, and the same again to come up.
        TimeSpan playersTime = TimeSpan.FromSeconds(plan.Environment.IsPlayer ? plan.Environment.TimeoutSeconds : 0);
        TimeSpan longestTurn = TimeSpan.FromSeconds(plan.HungSeconds) + playersTime;
        var patience = new Patience(longestTurn, LongestStart + playersTime, LongestSave);
        var learners = patience with { Turn = longestTurn > LongestLearnerTurn ? longestTurn : LongestLearnerTurn };
        while (!control.ShouldStop)
        {
            clock.Turn();
            foreach (SupervisedChild child in children)
            {
                reporter.Warn(child.RestartIfDeadOrHung(child.Slot.Role == ProcessRole.Learner ? learners : patience));
            }

            SayWarnings();
            progress.Refresh();
            reporter.Warn(progress.Standstill());
            progress.SaveNowAndThen();
            reporter.Show(progress.Status(children), progress.EvaluationScores);
            if (plan.StopWhenSolved && progress.IsSolved && Cooldown.Begin(control) && plan.CooldownTransitions > 0)
            {
                reporter.Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Solved. Within {plan.CooldownTransitions:N0} more transitions learning rates fall to zero, then the run ends."));
            }

            Cooldown.StopWhenDue(plan, control);
            control.Supervisor.Beat();
            wake.Wait(Interval);
        }
    }

    // The children's output goes to their logs, where nobody reads it while the run goes on; their warnings are shown as well.
    private void SayWarnings()
    {
        while (warnings.Reader.TryRead(out string? sentence))
        {
            reporter.Say(sentence);
        }
    }

    // Every child sees the stop flag, finishes its turn and ends, the learner after saving a checkpoint. A learner that is killed loses what
    // it learned since its last checkpoint.
    private void End()
    {
        TimeSpan longest = plan.Environment.IsPlayer ? LongestEnd + MlAgentsEnvironment.LongestClose : LongestEnd;
        TimeSpan lastSave = longest > LongestLastSave ? longest : LongestLastSave;
        ChildPlaces.End(children, clock, longest, lastSave, reporter.Say);
    }

    private void KillChildren()
    {
        foreach (SupervisedChild child in children)
        {
            child.Child?.Kill();
        }
    }
}
