using System.Globalization;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

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

    /// <summary>Saves a checkpoint of the run between two segments.</summary>
    /// <param name="segment">Segments trained so far.</param>
    /// <param name="evaluations">Evaluation episodes played so far.</param>
    /// <returns>A warning if it could not be saved.</returns>
    public string? Save(long segment, long evaluations) => checkpoints.Save(state, saved =>
    {
        saved.Add("lockstep.segment", segment);
        saved.Add("lockstep.cooldown", state.Control.CooldownStart ?? 0);
        saved.Add("lockstep.episodes", state.Control.TotalEpisodes);
        saved.Add("lockstep.written_rows", state.Replay.WrittenRows);
        saved.Add("lockstep.evaluations", evaluations);
    }).Warning;

    /// <summary>Goes back to the newest checkpoint, or to the beginning where there is none.</summary>
    /// <param name="say">Told what the run goes on from.</param>
    /// <returns>Segments trained by then.</returns>
    public long Restore(Action<string> say)
    {
        if (checkpoints.Restore(state.Learner, state.Sampler) is not { } loaded)
        {
            state.Replay.Rewind(0);
            return 0;
        }

        ControlBlock control = state.Control;
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        StateDictionary saved = loaded.State;
        long segment = saved.GetInt64("lockstep.segment");
        state.Replay.Rewind(saved.GetInt64("lockstep.written_rows"));
        EvaluationLog.Truncate(files.Evaluations, saved.GetInt64("lockstep.evaluations"));
        control.CooldownStart = plan.StopWhenSolved && saved.GetInt64("lockstep.cooldown") is > 0 and long start ? start : null;
        control.Learner.SetUpdates(state.Learner.Updates);
        environment.SetVectorSteps(segment * LockstepTraining.SegmentSteps, loaded.Step);
        environment.SetEpisodes(saved.GetInt64("lockstep.episodes"));
        say(string.Create(CultureInfo.InvariantCulture, $"Going on from {loaded.Path}, {state.Learner.Updates} updates."));
        return segment;
    }
}
