using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// <c>--in-process</c>: the loops of the processes, in one process and in lock-step, so that a seed and an instruction set give the same
/// weights to the bit. Training goes in segments of <see cref="SegmentSteps"/> vector steps; each begins with a reset whose seed follows
/// from its number, and a checkpoint is written between segments only. So whatever interrupts a run, it goes on from the last checkpoint
/// exactly as it would have. A Unity player has no second one of its kind for the evaluation: it plays training and evaluation
/// alternately, and being no part of the checkpoint it begins anew where a run goes on.
/// </summary>
internal sealed class LockstepTraining : IDisposable
{
    /// <summary>
    /// Vector steps of a segment: one episode of the arm. A segment goes on from there until an agent's episode ends, so that agents whose
    /// episodes all have the same length see late states of an episode as often as early ones.
    /// </summary>
    public const int SegmentSteps = 1001;

    /// <summary>The most vector steps of a segment, whose agents' episodes may never end.</summary>
    public const int LongestSegment = 2 * SegmentSteps;

    private readonly RunPlan plan;
    private readonly IVectorEnvironment? player;
    private readonly RunReporter reporter;
    private readonly LockstepParts parts;
    private readonly ControlBlock control;
    private long segment;
    private long savedAt;

    /// <param name="files">The run's folder, which exists.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="reporter">Takes what the run shows of itself.</param>
    /// <param name="resume">Go on from the newest checkpoint in the folder.</param>
    /// <param name="player">The one environment to train and evaluate in, alternately; not disposed. Null for two of the plan's
    /// own.</param>
    /// <param name="begun">When the command began, from which the run's seconds count; null for now.</param>
    public LockstepTraining(
        RunFolder files, RunPlan plan, RunReporter reporter, bool resume, IVectorEnvironment? player = null, long? begun = null)
    {
        (this.plan, this.player, this.reporter) = (plan, player, reporter);
        parts = new LockstepParts(files, plan, reporter.Say, resume, player, begun);
        control = parts.Control;
        (segment, savedAt) = (parts.SegmentsBefore, control.TotalTransitions);
    }

    /// <summary>The learner, for tests that compare weights.</summary>
    public ILearner Learner => parts.Learner;

    /// <summary>Trains until the run is solved, interrupted by a signal or at its end.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var signals = new StopSignals(control);
        return Run(signals.First);
    }

    /// <summary>Trains until the run is solved, asked to stop or at its end. Signals are left to the caller.</summary>
    /// <param name="stop">Asks the run to stop.</param>
    /// <returns>The exit code.</returns>
    public int Run(CancellationToken stop)
    {
        control.ClearStop();
        using CancellationTokenRegistration asked = stop.Register(() => control.RequestStop(StopReason.Interrupted));
        reporter.Warn(parts.Progress.Warning);
        ProcessSlot self = control.Learner;
        self.Phase = ProcessPhase.Running;
        reporter.Run(() =>
        {
            Train();
            parts.Statistics.PassOn();
            if (control.StopReason is StopReason.Solved or StopReason.MaximumSteps)
            {
                EvaluateFinalPolicy(stop);
            }

            Show(RunPhase.Ended);
        });
        RunSummary summary = parts.Progress.Summarize(control.StopReason, FinalModel.Export(parts.Files, plan, reporter.Say));
        reporter.Warn(parts.Progress.Save(summary));
        reporter.Finish(summary);
        return stop.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(control.StopReason);
    }

    public void Dispose() => parts.Dispose();

    private void EvaluateFinalPolicy(CancellationToken stop)
    {
        float[] newest = new float[plan.PolicySpec.BlockLength];
        Learner.CopyPolicy(newest);
        reporter.Warn(parts.Progress.EvaluateFinalPolicy(
            newest, player, status => reporter.Show(status, parts.Progress.EvaluationScores), stop));
    }

    private void Train()
    {
        // A run that had ended by itself ends again at once, unless it is given more to do.
        Cooldown.StopWhenDue(plan, control);
        if (!control.ShouldStop)
        {
            reporter.Warn(parts.Checkpoints.SaveLoss(segment, parts.Evaluations.Count));
        }

        while (!control.ShouldStop && PlayerPlays(PlaySegment) && PlayerPlays(Evaluate))
        {
            segment++;
            Cooldown.StopWhenDue(plan, control);
            // The next segment must not write more rows than the ring has room for besides those that were drawn from.
            long longest = (long)parts.LongestSegment * plan.AgentCount;
            bool isDue = control.TotalTransitions - savedAt + longest > parts.RowsPerCheckpoint;
            if (isDue || control.ShouldStop)
            {
                reporter.Warn(parts.Checkpoints.Save(segment, parts.Evaluations.Count));
                savedAt = control.TotalTransitions;
            }
        }
    }

    // One segment: step, then as many updates as are owed. False if it was interrupted, among updates too, which may take long: what it did
    // since the last checkpoint will be done again.
    private bool PlaySegment()
    {
        parts.Environment.Begin(Seeds.OfSegment(plan.Seed, segment));
        parts.Learning.Publish();
        // The run's last segment ends with its last transition.
        for (int steps = 0; !IsSegmentOver(steps) && control.TotalTransitions < plan.MaxTransitions; steps++)
        {
            if (control.ShouldStop)
            {
                return false;
            }

            parts.Environment.Turn();
            while (control.Limiter.MayUpdate())
            {
                if (control.ShouldStop)
                {
                    return false;
                }

                if (parts.Learning.Turn() == 0)
                {
                    break;
                }
            }

            // A round is played at the very transition that it is named after. A player has no second world to play it in before the
            // segment has ended.
            if (plan.EvaluationInterval > 0 && player is null && parts.Evaluation.IsDue())
            {
                Evaluate();
            }

            parts.Progress.SaveNowAndThen();
            Show();
        }

        return true;
    }

    private bool IsSegmentOver(int steps) =>
        steps >= SegmentSteps && (parts.Environment.HasEpisodeEnded || steps >= parts.LongestSegment);

    // One evaluation a segment; once the scores are there, as many as judge a policy, or, before the run is solved, as fill the window. Each
    // is played to its end, whatever is asked meanwhile: the checkpoint after it says how many there were.
    private bool Evaluate()
    {
        parts.Learning.Publish();
        if (plan.EvaluationInterval > 0 && !parts.Evaluation.IsDue())
        {
            return true;
        }

        int episodes = 0;
        do
        {
            while (!parts.Evaluation.Turn())
            {
            }

            episodes += parts.Evaluation.Scores.Length;
            // What a player's scene reports of an evaluation is no part of the training's curves.
            parts.Statistics.Discard();
            Show();
            if (parts.Evaluation.IsSolved && plan.StopWhenSolved)
            {
                Cooldown.Begin(control);
            }
        }
        while (plan.EvaluationInterval > 0 ? parts.Evaluation.IsDue() : GoesOn(episodes));
        return true;

        bool GoesOn(int episodes) => !control.ShouldStop && plan.StopWhenSolved && parts.Evaluation.LastMean >= plan.Threshold &&
            (control.CooldownStart is null || episodes < BestPolicy.Episodes);
    }

    private void Show(RunPhase? phase = null)
    {
        parts.Progress.Refresh();
        reporter.Warn(parts.Progress.Standstill());
        reporter.Show(parts.Progress.Status([], phase), parts.Progress.EvaluationScores);
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
            // A user who presses Stop in the editor ends the run.
            if (control.RequestStop(plan.Environment.IsEditor ? StopReason.Interrupted : StopReason.Failed))
            {
                reporter.Say($"{lost.Message} Go on with --resume --run-id {plan.RunId}.");
                reporter.Warn(lost.LastWords);
            }

            return false;
        }
        catch (OperationCanceledException)
        {
            // The player hung, the run was asked to stop, and the step has since used up the time it is given after that.
            return false;
        }
    }
}
