using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// <c>--in-process</c>: the loops of the processes, in one process and in lock-step, so that a seed and an instruction set give the same
/// weights to the bit. Training goes in segments of <see cref="SegmentSteps"/> vector steps; each begins with a reset whose seed follows from its number,
/// and a checkpoint is written between segments only. So whatever interrupts a run, it goes on from the last checkpoint exactly as it would have.
/// A Unity player has no second one of its kind for the evaluation: it plays training and evaluation alternately, and being no part of the checkpoint it
/// begins anew where a run goes on.
/// </summary>
internal sealed class LockstepTraining : IDisposable
{
    /// <summary>Vector steps of a segment: one episode of the arm.</summary>
    public const int SegmentSteps = 1001;

    private readonly List<IDisposable> owned = [];
    private readonly RunPlan plan;
    private readonly IVectorEnvironment? player;
    private readonly RunReporter reporter;
    private readonly ControlBlock control;
    private readonly ILearner learner;
    private readonly EnvironmentLoop environment;
    private readonly LearnerLoop learning;
    private readonly EvaluationLoop evaluation;
    private readonly EvaluationLog evaluations;
    private readonly EvaluationWindow window;
    private readonly StatisticDrain statistics;
    private readonly LockstepCheckpoints checkpoints;
    private readonly RunProgress progress;
    private readonly int segmentsPerCheckpoint;
    private long segment;

    /// <param name="files">The run's folder, which exists.</param>
    /// <param name="plan">The run.</param>
    /// <param name="reporter">Where it shows itself.</param>
    /// <param name="resume">Go on from the newest checkpoint in the folder.</param>
    /// <param name="player">The one environment to train and evaluate in, alternately; not disposed. Null for two of the plan's own.</param>
    public LockstepTraining(RunFolder files, RunPlan plan, RunReporter reporter, bool resume, IVectorEnvironment? player = null)
    {
        (this.plan, this.player, this.reporter) = (plan, player, reporter);
        Directory.CreateDirectory(files.Logs);
        long segmentRows = (long)SegmentSteps * plan.AgentCount;
        // Pressing Stop in the editor is how its users end a run, and must lose no more than the segment under way.
        segmentsPerCheckpoint = player is null ? (int)Math.Max(1, plan.CheckpointInterval / segmentRows) : 1;
        // Room for the rows between two checkpoints besides those drawn from (ReplaySampler.Window).
        long capacity = plan.BufferSize + (segmentsPerCheckpoint * segmentRows);
        ReplayFile replay = Own(resume
            ? ReplayFile.Open(files.Replay, plan.TransitionSpec)
            : ReplayFile.Create(files.Replay, plan.TransitionSpec, capacity, new ReplayOptions { Overwrite = true }));
        control = Own(resume ? ControlBlock.Open(files.Control) : ControlBlock.Create(files.Control, overwrite: true));
        plan.Save(files.Plan);
        TakeSlots();

        IKernelDevice device = Own(KernelDevices.Create(plan.Device, plan.LearnerThreads, plan.Precision));
        learner = Own(LearnerFactory.Create(plan.Learner, plan.TransitionSpec, device));
        var sampler = Own(new ReplaySampler(replay, plan.Seed) { Window = plan.BufferSize });
        var batch = Own(new BatchBuffer(plan.TransitionSpec, plan.Learner.BatchSize));
        checkpoints = new LockstepCheckpoints(files, plan, new TrainingState(learner, sampler, control, replay));
        segment = checkpoints.Restore(reporter.Say);

        var weights = new LocalWeights(plan.PublishedLength);
        learning = new LearnerLoop(plan, control, learner, Own(new HostUpdates(learner, sampler, batch)), weights.Publish);

        statistics = Own(StatisticDrain.Of(player, files.Logs, worker: 0));
        var returns = Own(new ReturnLog(files.Logs, worker: 0));
        environment = Own(new EnvironmentLoop(plan, control, 0, EnvironmentOf(worker: 0), replay, new WeightReader(weights), statistics, returns));

        evaluations = Own(new EvaluationLog(files.Evaluations));
        window = EvaluationWindow.Over(plan, evaluations.Records);
        var evaluator = Own(new Evaluator(plan, EnvironmentOf(worker: 1)));
        evaluation = new EvaluationLoop(
            plan, control, 0, evaluator, new WeightReader(weights), evaluations, new BestPolicy(files, plan), reporter.Say);
        progress = new RunProgress(files, plan, control, replay);
    }

    /// <summary>The learner, for tests that compare weights.</summary>
    public ILearner Learner => learner;

    private bool IsUpdateOwed => learner.Updates + 1 <= (control.TotalTransitions - plan.WarmupTransitions) * plan.UpdatesPerTransition;

    /// <summary>Trains until the run is solved, interrupted or at its end.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var signals = new StopSignals(control);
        control.ClearStop();
        ProcessSlot self = control.Learner;
        self.Phase = ProcessPhase.Running;
        reporter.Run(Train);
        statistics.PassOn();
        if (control.StopReason is StopReason.Solved or StopReason.MaximumSteps)
        {
            var newest = new float[plan.PolicySpec.BlockLength];
            learner.CopyPolicy(newest);
            reporter.Warn(progress.EvaluateFinalPolicy(newest, player, signals.First));
        }

        RunSummary summary = progress.Summarize(control.StopReason);
        reporter.Warn(progress.Save(summary));
        reporter.Finish(summary);
        return signals.First.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(control.StopReason);
    }

    public void Dispose()
    {
        // Users before what they use.
        owned.Reverse();
        owned.ForEach(user => user.Dispose());
        owned.Clear();
    }

    private void Train()
    {
        while (!control.ShouldStop && PlayerPlays(PlaySegment) && PlayerPlays(Evaluate))
        {
            segment++;
            Cooldown.StopWhenDue(plan, control);
            if (segment % segmentsPerCheckpoint == 0 || control.ShouldStop)
            {
                reporter.Warn(checkpoints.Save(segment, evaluations.Records.Count));
            }
        }
    }

    // One segment: step, then as many updates as are owed. False if it was interrupted: what it did since the last checkpoint will be done again.
    private bool PlaySegment()
    {
        environment.Begin(Seeds.OfSegment(plan.Seed, segment));
        learning.Publish();
        for (int step = 0; step < SegmentSteps; step++)
        {
            if (control.ShouldStop)
            {
                return false;
            }

            environment.Turn();
            while (IsUpdateOwed && learning.Turn() > 0)
            {
            }

            progress.SaveNowAndThen();
            Show();
        }

        return true;
    }

    // One episode a segment; once the scores are there, as many as judge a policy, or, before the run is solved, as fill the window. Each is played to its
    // end, whatever is asked meanwhile: the checkpoint after it says how many there were.
    private bool Evaluate()
    {
        learning.Publish();
        int episodes = 0;
        do
        {
            while (!evaluation.Turn())
            {
            }

            episodes++;
            window.Add(evaluations.Records[^1].Score);
            // What a player's scene reports of an evaluation is no part of the training's curves.
            statistics.Discard();
            Show();
            if (window.IsSolved && plan.StopWhenSolved)
            {
                Cooldown.Begin(control);
            }
        }
        while (!control.ShouldStop && plan.StopWhenSolved && evaluation.LastScore >= plan.Threshold &&
            (control.CooldownStart is null || episodes < BestPolicy.Episodes));
        return true;
    }

    private void Show()
    {
        progress.Refresh();
        reporter.Show(progress.Status([]), progress.EvaluationScores);
    }

    // A player that leaves ends the run, which goes on from its last checkpoint; Ctrl-C in a terminal reaches the player as well.
    private bool PlayerPlays(Func<bool> play)
    {
        try
        {
            return play();
        }
        catch (PlayerLostException lost)
        {
            // To press Stop in the editor is to end the run.
            if (control.RequestStop(plan.Environment.IsEditor ? StopReason.Interrupted : StopReason.Failed))
            {
                reporter.Say($"{lost.Message} Go on with --resume --run-id {plan.RunId}.");
                reporter.Warn(lost.LastWords);
            }

            return false;
        }
        catch (OperationCanceledException)
        {
            // The player hung, the run was asked to stop, and the time that a step may take after that is over.
            return false;
        }
    }

    private void TakeSlots()
    {
        control.Supervisor.Take();
        control.Learner.Take();
        control.Slot(ProcessRole.Environment, 0).Take();
        control.Slot(ProcessRole.Evaluation, 0).Take();
        control.Limiter.Configure(new RateLimits(plan.UpdatesPerTransition, plan.WarmupTransitions, LearnerSlack: 1, EnvironmentSlack: 1));
    }

    private IVectorEnvironment EnvironmentOf(int worker) => player ?? Own(EnvironmentFactory.Create(plan.Environment, worker));

    private T Own<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
