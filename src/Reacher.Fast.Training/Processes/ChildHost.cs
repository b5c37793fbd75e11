using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The shell of a run's child processes, the same for every role: it opens the mapped files, takes the role's slot, watches the
/// supervisor, drives the role's loop while the run goes on, and decides what a failure means. A loop's failure ends the process with an
/// exit code, and the supervisor starts another; only a failure that comes of the run's end is none.
/// </summary>
internal sealed class ChildHost
{
    private readonly RunFolder files;
    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly WeightChannel weights;
    private readonly ProcessSlot self;
    private readonly CancellationToken supervisorGone;

    private ChildHost(
        RunFolder files, RunPlan plan, ControlBlock control, WeightChannel weights, ProcessSlot self, CancellationToken supervisorGone)
    {
        (this.files, this.plan, this.control, this.weights, this.self, this.supervisorGone) =
            (files, plan, control, weights, self, supervisorGone);
    }

    private bool HasEnded => control.ShouldStop || supervisorGone.IsCancellationRequested;

    /// <summary>Is one process of a run, from its beginning to its end.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="role">Learner, environment, evaluation, or the one that speaks to other machines.</param>
    /// <param name="index">The process's number among those of its role.</param>
    /// <param name="supervisor">Incarnation of the process to end with; null where somebody started the role by hand.</param>
    /// <returns>The exit code, where the run's end is what ended the process; what else ends it is thrown.</returns>
    public static int Run(string folder, ProcessRole role, int index, ulong? supervisor)
    {
        try
        {
            return RunToEnd(folder, role, index, supervisor);
        }
        catch (InputException error) when (IoFailure.IsBehind(error))
        {
            // The supervisor gives a learner up that says that its input is wrong, and tries again with one that failed. A disk that fails,
            // or no descriptor left, is not the input's fault and may pass.
            OutputLine.WriteError(error.Message);
            return ExitCodes.Failed;
        }
    }

    private static int RunToEnd(string folder, ProcessRole role, int index, ulong? supervisor)
    {
        RunPlan plan = RunPlan.Load(RunFolder.PlanIn(folder));
        var files = new RunFolder(folder, plan.Behavior);
        using SupervisorWatch? watch = supervisor is ulong incarnation ? new SupervisorWatch(incarnation) : null;
        if (watch is not null)
        {
            ParentDeath.WakeThisProcess();
        }

        // Ctrl-C, timeout(1) and service managers signal the whole process group, and ending the run is for the supervisor to decide: a
        // child that ended by itself would lose the step in hand, and a learner its last checkpoint.
        using EndSignals? ignored = watch is null ? null : new EndSignals(_ => { });
        using ControlBlock control = ControlBlock.Open(files.Control);
        using WeightChannel weights = WeightChannel.Open(files.Weights);
        ProcessSlot self = control.Slot(role, index);
        self.Take();
        var host = new ChildHost(files, plan, control, weights, self, watch?.SupervisorGone ?? CancellationToken.None);
        try
        {
            host.Run(role);
            self.Phase = ProcessPhase.Stopped;
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is PlayerLostException or OperationCanceledException && control.ShouldStop)
        {
            // Ctrl-C reaches the player too, which may be gone before this process has seen that the run ends; or the player hung, and
            // the wait for it was cut off because the run had ended.
            return ExitCodes.Done;
        }
    }

    private void Run(ProcessRole role)
    {
        switch (role)
        {
            case ProcessRole.Learner:
                Learn();
                break;
            case ProcessRole.Environment:
                Step();
                break;
            case ProcessRole.Evaluation:
                Evaluate();
                break;
            case ProcessRole.Cluster:
                SpeakToOthers();
                break;
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(role), role, "A child process learns, steps an environment, evaluates or speaks to other machines.");
        }
    }

    private void Step()
    {
        using ReplayFile replay = ReplayFile.Open(files.Replay);
        ulong seed = Seeds.OfEnvironment(plan.Seed, self.Index, self.VectorSteps);
        using var deadline = new StopDeadline(control, supervisorGone);
        using IVectorEnvironment environment =
            EnvironmentFactory.Create(plan.Environment, self.Index, files.Logs, self.VectorSteps, deadline.Passed);
        using var statistics = StatisticDrain.Of(environment, files.Logs, self.Index);
        using var returns = new ReturnLog(files.Logs, self.Index);
        using var loop = new EnvironmentLoop(
            plan, control, self.Index, environment, replay, new WeightReader(weights), statistics, returns);
        loop.Begin(seed);
        self.Phase = ProcessPhase.Running;
        // Room for a step of every env process that writes to the same ring: then none of them, whoever comes first, has to wait within its
        // write, where it could give no sign of life.
        int writers = File.Exists(files.Membership) ? Membership.Load(files.Membership).Environments.Count : 1;
        int rows = environment.AgentCount * plan.NStep * writers;
        while (!supervisorGone.IsCancellationRequested && Waiting.ForStep(control, self) && Waiting.ForRoom(control, self, replay, rows))
        {
            loop.Turn();
        }
    }

    private void Learn()
    {
        using ReplayFile replay = ReplayFile.Open(files.Replay);
        using var planned = new PlannedLearner(plan);
        ILearner learner = planned.Learner;
        using var sampler = new ReplaySampler(replay, plan.Seed) { Window = plan.BufferSize };
        using var batch = new BatchBuffer(replay.Spec, plan.Learner.BatchSize);
        var checkpoints = new TrainingCheckpoints(files, plan);
        LoadedCheckpoint? restored = checkpoints.Restore(learner, sampler);
        // Updates made after the checkpoint are lost with the process that made them; the limiter forgives the debt, so they are not
        // caught up in a burst.
        self.SetUpdates(learner.Updates);
        control.Limiter.Rebase();

        using IUpdates updates = CreateUpdates(planned, replay, sampler, batch);
        var schedule = new CheckpointSchedule(plan.CheckpointInterval, restored?.Step ?? 0, TimeProvider.System);
        var saver = new CheckpointSaver(
            checkpoints, schedule, new TrainingState(learner, sampler, control, replay), updates, OutputLine.WriteWarning);
        var loop = new LearnerLoop(plan, control, learner, updates, weights.Publish, saver);
        loop.Publish();
        self.Phase = ProcessPhase.Running;
        while (!supervisorGone.IsCancellationRequested && Waiting.ForUpdate(control, self, plan.UpdatesPerTurn))
        {
            loop.Turn();
        }

        loop.Publish();
        saver.Save();
    }

    private IUpdates CreateUpdates(PlannedLearner planned, ReplayFile replay, ReplaySampler sampler, BatchBuffer batch)
    {
        if (planned is not { Device: CudaKernelDevice cuda, OffPolicy: { } learner })
        {
            return new HostUpdates(planned.Learner, sampler, batch);
        }

        var updates = new CudaUpdates(learner, cuda, replay, sampler, batch, plan);
        Console.WriteLine($"learning on {cuda.Name}, {plan.UpdatesPerTurn} updates a launch, batches from {updates.Source}");
        return updates;
    }

    private void SpeakToOthers()
    {
        IClusterBackend backend = ClusterAssembly.Load();
        var seat = new ClusterSeat(files, plan, control, weights, self, supervisorGone);
        if (File.Exists(files.Membership))
        {
            Membership membership = Membership.Load(files.Membership);
            backend.Forward(seat, membership with { Endpoint = membership.Endpoint.WithStore() });
        }
        else
        {
            backend.Serve(seat, ClusterEndpoint.Load(files.Cluster).WithStore());
        }
    }

    private void Evaluate()
    {
        using var deadline = new StopDeadline(control, supervisorGone);
        using EvaluationEnvironments environments =
            EvaluationEnvironments.Create(plan, plan.EnvironmentCount + self.Index, files.Logs, cancellation: deadline.Passed);
        using var log = new EvaluationLog(files.Evaluations, plan.EvaluationWindow);
        var best = new BestPolicy(files, plan, log.Recent);
        using var loop = new EvaluationLoop(
            plan, control, self.Index, environments.All, new WeightReader(weights), log, best, OutputLine.WriteWarning);
        while (WaitForEvaluation(loop))
        {
            loop.Turn();
        }
    }

    // Returns false when the run has ended, even within an episode; that episode's score is then not recorded.
    private bool WaitForEvaluation(EvaluationLoop loop)
    {
        Backoff backoff = default;
        while (!HasEnded || (!supervisorGone.IsCancellationRequested && LastRounds.ArePlayed(plan, control) && loop.IsDue()))
        {
            if (loop.IsDue())
            {
                self.Phase = ProcessPhase.Running;
                return true;
            }

            self.Phase = ProcessPhase.Waiting;
            Waiting.Pause(ref backoff, self);
        }

        return false;
    }
}
