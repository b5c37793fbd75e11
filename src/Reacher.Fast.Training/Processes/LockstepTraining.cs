using System.Globalization;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// <c>--in-process</c>: the same actor, learner and evaluator, in one process and in lock-step, so that a seed and an instruction set give the same
/// weights to the bit. Training goes in segments of <see cref="SegmentSteps"/> vector steps; each begins with a reset whose seed follows from its number,
/// and a checkpoint is written between segments only. So whatever interrupts a run, it goes on from the last checkpoint exactly as it would have.
/// A Unity player has no second one of its kind for the evaluation: it plays both in turns, and being no part of the checkpoint it begins anew
/// where a run goes on.
/// </summary>
internal sealed class LockstepTraining : IDisposable
{
    /// <summary>Vector steps of a segment: one episode of the arm.</summary>
    public const int SegmentSteps = 1001;

    private readonly RunPlan plan;
    private readonly IVectorEnvironment? player;
    private readonly RunReporter reporter;
    private readonly ReplayFile replay;
    private readonly ControlBlock control;
    private readonly IKernelDevice device;
    private readonly ILearner learner;
    private readonly ReplaySampler sampler;
    private readonly BatchBuffer batch;
    private readonly Actor actor;
    private readonly Evaluator evaluator;
    private readonly StatisticDrain statistics;
    private readonly ReturnLog returns;
    private readonly EvaluationLog evaluations;
    private readonly EvaluationWindow window;
    private readonly BestPolicy best;
    private readonly TrainingCheckpoints checkpoints;
    private readonly RunProgress progress;
    private readonly float[] block;
    private readonly int segmentsPerCheckpoint;
    private long segment;

    /// <param name="files">The run's folder, which exists.</param>
    /// <param name="plan">The run.</param>
    /// <param name="reporter">Where it shows itself.</param>
    /// <param name="resume">Go on from the newest checkpoint in the folder.</param>
    /// <param name="player">The one environment to train and evaluate in, in turns; not disposed. Null for two of the plan's own.</param>
    public LockstepTraining(RunFolder files, RunPlan plan, RunReporter reporter, bool resume, IVectorEnvironment? player = null)
    {
        this.plan = plan;
        this.player = player;
        this.reporter = reporter;
        Directory.CreateDirectory(files.Logs);
        long segmentRows = (long)SegmentSteps * plan.AgentCount;
        // Pressing Stop in the editor is how its users end a run, so that none of it may be lost but the segment in hand.
        segmentsPerCheckpoint = player is null ? (int)Math.Max(1, plan.CheckpointInterval / segmentRows) : 1;
        // Room for the rows between two checkpoints besides those drawn from (ReplaySampler.Window).
        long capacity = plan.BufferSize + (segmentsPerCheckpoint * segmentRows);
        replay = resume
            ? ReplayFile.Open(files.Replay, plan.TransitionSpec)
            : ReplayFile.Create(files.Replay, plan.TransitionSpec, capacity, new ReplayOptions { Overwrite = true });
        control = resume ? ControlBlock.Open(files.Control) : ControlBlock.Create(files.Control, overwrite: true);
        plan.Save(files.Plan);
        device = KernelDevices.Create(plan.Device, plan.LearnerThreads, plan.Precision);
        learner = LearnerFactory.Create(plan.Learner, plan.TransitionSpec, device);
        sampler = new ReplaySampler(replay, plan.Seed) { Window = plan.BufferSize };
        batch = new BatchBuffer(plan.TransitionSpec, plan.Learner.BatchSize);
        checkpoints = new TrainingCheckpoints(files, plan);
        block = new float[plan.PolicySpec.BlockLength];
        actor = new Actor(
            player is null ? EnvironmentFactory.Create(plan.Environment, 0) : new BorrowedEnvironment(player),
            ActingPolicy.Create(plan, plan.AgentCount),
            new TransitionWriter(replay, plan.AgentCount, 0, plan.NStep, plan.Gamma),
            plan.ExplorationNoise, plan.WarmupHold);
        evaluator = player is null ? Evaluator.Create(plan, worker: 1) : Evaluator.Create(plan, new BorrowedEnvironment(player));
        statistics = StatisticDrain.Of(player, files.Logs, worker: 0);
        returns = new ReturnLog(files.Logs, worker: 0);
        TakeSlots();
        Restore(files);
        evaluations = new EvaluationLog(files.Evaluations);
        best = new BestPolicy(files, plan);
        window = EvaluationWindow.Over(plan, evaluations.Records);
        progress = new RunProgress(files, plan, control, replay);
    }

    /// <summary>The learner, for tests that compare weights.</summary>
    public ILearner Learner => learner;

    private ProcessSlot EnvironmentSlot => control.Slot(ProcessRole.Environment, 0);

    private ProcessSlot EvaluationSlot => control.Slot(ProcessRole.Evaluation, 0);

    /// <summary>Trains until the run is solved, interrupted or at its end.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var signals = new StopSignals(control);
        control.ClearStop();
        reporter.Run(() =>
        {
            while (!control.ShouldStop && PlayerPlays(PlaySegment))
            {
                if (!PlayerPlays(Evaluate))
                {
                    break;
                }

                segment++;
                Cooldown.StopWhenDue(plan, control);
                if (segment % segmentsPerCheckpoint == 0 || control.ShouldStop)
                {
                    Save();
                }
            }
        });
        statistics.PassOn();
        if (control.StopReason is StopReason.Solved or StopReason.MaximumSteps)
        {
            learner.CopyPolicy(block);
            reporter.Warn(progress.EvaluateFinalPolicy(block, player, signals.First));
        }

        RunSummary summary = progress.Summarize(control.StopReason);
        reporter.Warn(progress.Save(summary));
        reporter.Finish(summary);
        return signals.First.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(control.StopReason);
    }

    public void Dispose()
    {
        evaluations.Dispose();
        statistics.Dispose();
        returns.Dispose();
        evaluator.Dispose();
        actor.Dispose();
        batch.Dispose();
        sampler.Dispose();
        learner.Dispose();
        device.Dispose();
        control.Dispose();
        replay.Dispose();
    }

    // One segment: step, then as many updates as are owed. False if it was interrupted: what it did since the last checkpoint will be done again.
    private bool PlaySegment()
    {
        actor.Begin(unchecked((plan.Seed * 0x9E3779B97F4A7C15) + (ulong)segment) >> 1);
        Load();
        for (int step = 0; step < SegmentSteps; step++)
        {
            if (control.ShouldStop)
            {
                return false;
            }

            long episodes = actor.Scores.Episodes;
            actor.Step(uniform: control.TotalTransitions < plan.WarmupTransitions);
            EnvironmentSlot.AddVectorStep(actor.AgentCount);
            statistics.Take();
            returns.Append(actor.Returns.Ended);
            if (actor.Scores.Episodes != episodes)
            {
                EnvironmentGauge.Write(EnvironmentSlot, actor.Scores);
            }

            double owed = (control.TotalTransitions - plan.WarmupTransitions) * plan.UpdatesPerTransition;
            while (learner.Updates + 1 <= owed && sampler.Sample(batch))
            {
                LearnerGauge.Write(control.Learner, learner.Update(batch.View));
                control.Learner.AddUpdates(1);
                if (learner.Updates % plan.PublishInterval == 0)
                {
                    Load();
                }
            }

            progress.Refresh();
            progress.SaveNowAndThen();
            reporter.Show(progress.Status([]), progress.EvaluationScores);
        }

        return true;
    }

    private void Load()
    {
        learner.LearningRateScale = Cooldown.LearningRateScale(plan, control);
        learner.CopyActingPolicy(block);
        actor.Load(block);
    }

    // One episode a segment; once the scores are there, as many as judge a policy, or, before the run is solved, as fill the window.
    private bool Evaluate()
    {
        learner.CopyPolicy(block);
        int episodes = 0;
        do
        {
            episodes++;
            double score = evaluator.Play(evaluations.Records.Count, block);
            statistics.Discard();
            reporter.Warn(evaluations.Append(new EvaluationRecord(
                evaluations.Records.Count, score, evaluator.Deviation, learner.Updates, control.TotalTransitions, control.TotalEpisodes, DateTimeOffset.UtcNow)));
            reporter.Warn(best.Add(score, block));
            window.Add(score);
            EvaluationSlot.AddEpisode(score);
            progress.Refresh();
            reporter.Show(progress.Status([]), progress.EvaluationScores);
            if (window.IsSolved && plan.StopWhenSolved)
            {
                Cooldown.Begin(control);
            }
        }
        while (!control.ShouldStop && plan.StopWhenSolved && evaluations.Records[^1].Score >= plan.Threshold &&
            (control.CooldownStart is null || episodes < BestPolicy.Episodes));
        return true;
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
            // It hung, and the signal that stopped the run has waited long enough.
            return false;
        }
    }

    private void Save()
    {
        reporter.Warn(checkpoints.Save(learner, sampler, control, replay, state =>
        {
            state.Add("lockstep.segment", segment);
            state.Add("lockstep.cooldown", control.CooldownStart ?? 0);
            state.Add("lockstep.episodes", control.TotalEpisodes);
            state.Add("lockstep.written_rows", replay.WrittenRows);
            state.Add("lockstep.evaluations", (long)evaluations.Records.Count);
        }).Warning);
    }

    private void Restore(RunFolder files)
    {
        if (checkpoints.Restore(learner, sampler) is not { } loaded)
        {
            replay.Rewind(0);
            return;
        }

        segment = loaded.State.GetInt64("lockstep.segment");
        replay.Rewind(loaded.State.GetInt64("lockstep.written_rows"));
        EvaluationLog.Truncate(files.Evaluations, loaded.State.GetInt64("lockstep.evaluations"));
        control.CooldownStart = plan.StopWhenSolved && loaded.State.GetInt64("lockstep.cooldown") is > 0 and long start ? start : null;
        control.Learner.SetUpdates(learner.Updates);
        EnvironmentSlot.SetVectorSteps(segment * SegmentSteps, actor.AgentCount);
        EnvironmentSlot.SetEpisodes(loaded.State.GetInt64("lockstep.episodes"));
        reporter.Say(string.Create(CultureInfo.InvariantCulture, $"Going on from {loaded.Path}, {learner.Updates} updates."));
    }

    private void TakeSlots()
    {
        control.Supervisor.Take();
        control.Learner.Take();
        EnvironmentSlot.Take();
        EvaluationSlot.Take();
        control.Limiter.Configure(new RateLimits(plan.UpdatesPerTransition, plan.WarmupTransitions, LearnerSlack: 1, EnvironmentSlack: 1));
    }
}
