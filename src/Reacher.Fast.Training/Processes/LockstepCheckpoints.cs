using System.Globalization;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The checkpoints of training in lock-step. Besides the learner's state they say where between two segments the whole run stood, and
/// restoring one takes everything else back to there: the replay's rows, the counters, and the evaluation log.
/// </summary>
/// <param name="files">The run's folder.</param>
/// <param name="plan">The plan of the run.</param>
/// <param name="state">What is saved and restored.</param>
internal sealed class LockstepCheckpoints(RunFolder files, RunPlan plan, TrainingState state)
{
    private readonly TrainingCheckpoints checkpoints = new(files, plan);
    private bool hasLostRows;

    /// <summary>Saves a checkpoint of the run between two segments.</summary>
    /// <param name="segment">Segments trained so far.</param>
    /// <param name="evaluations">Evaluation episodes played so far.</param>
    /// <returns>A warning if it could not be saved.</returns>
    public string? Save(long segment, long evaluations) => checkpoints.Save(state, Now(segment, evaluations).AddTo).Warning;

    /// <summary>
    /// Saves where a run stands that goes on without rows of its checkpoint, which is then no longer the newest: if it were interrupted before
    /// its next one, the rows made meanwhile would be taken for those that were lost.
    /// </summary>
    /// <param name="segment">Segments trained so far.</param>
    /// <param name="evaluations">Evaluation episodes played so far.</param>
    /// <returns>A warning if it could not be saved; null too where no row was lost.</returns>
    public string? SaveLoss(long segment, long evaluations) =>
        hasLostRows ? checkpoints.SaveLatest(state, Now(segment, evaluations).AddTo).Warning : null;

    /// <summary>Goes back to the newest checkpoint, or to the beginning where there is none.</summary>
    /// <param name="say">Told what the run goes on from.</param>
    /// <returns>Segments trained by then.</returns>
    public long Restore(Action<string> say)
    {
        LoadedCheckpoint? loaded = checkpoints.Restore(state.Learner, state.Sampler);
        LockstepPosition position = LockstepPosition.Of(loaded);
        ControlBlock control = state.Control;
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        long missing = position.WrittenRows - state.Replay.WrittenRows;
        state.Replay.Rewind(position.WrittenRows - Math.Max(0, missing));
        if (missing > 0)
        {
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"The replay lacks the last {missing} rows of the checkpoint, so the run goes on otherwise than it would have."));
        }

        position.CutRecords(files);
        control.CooldownStart = position.CooldownStart > 0 ? position.CooldownStart : null;
        control.Learner.SetUpdates(state.Learner.Updates);
        environment.SetVectorSteps(position.VectorSteps, loaded?.Step ?? 0);
        environment.SetEpisodes(position.Episodes);
        (position.Debt ?? LockstepDebt.AtBeginning(plan)).Configure(
            plan, control.Limiter, isWhole: missing <= 0, Warmup.End(plan, control, state.Replay));
        hasLostRows = missing > 0;
        if (loaded is not null)
        {
            say(string.Create(CultureInfo.InvariantCulture, $"Going on from {loaded.Path}, {state.Learner.Updates} updates."));
        }

        return position.Segment;
    }

    private LockstepPosition Now(long segment, long evaluations) => new(
        segment,
        state.Control.Slot(ProcessRole.Environment, 0).VectorSteps,
        state.Control.CooldownStart ?? 0,
        state.Control.TotalEpisodes,
        state.Replay.WrittenRows,
        evaluations,
        ReturnLog.CountIn(files.Logs, worker: 0),
        LockstepDebt.Now(plan, state.Control.Limiter));
}
