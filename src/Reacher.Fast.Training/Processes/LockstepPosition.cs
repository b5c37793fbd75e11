using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Processes;

/// <summary>Where, between two segments, a run in lock-step stood when a checkpoint was saved; all zero at its beginning.</summary>
/// <param name="Segment">Segments trained.</param>
/// <param name="VectorSteps">Vector steps in them.</param>
/// <param name="CooldownStart">Transitions at which the cooldown began; 0 if it had not.</param>
/// <param name="Episodes">Training episodes ended.</param>
/// <param name="WrittenRows">Rows written to the replay.</param>
/// <param name="Evaluations">Evaluation episodes played.</param>
/// <param name="Returns">Returns of agents' episodes in their log; null where the checkpoint does not say.</param>
/// <param name="Debt">From where owed updates count; null where the checkpoint does not say.</param>
internal sealed record LockstepPosition(
    long Segment, long VectorSteps, long CooldownStart, long Episodes, long WrittenRows, long Evaluations, long? Returns, LockstepDebt? Debt)
{
    private const string Prefix = "lockstep.";
    private const string SegmentName = Prefix + "segment";
    private const string VectorStepsName = Prefix + "vector_steps";
    private const string ReturnsName = Prefix + "returns";

    /// <summary>Whether a checkpoint is of a run in lock-step.</summary>
    public static bool IsIn(LoadedCheckpoint checkpoint) => checkpoint.State.Contains(SegmentName);

    /// <summary>Reads the position of a checkpoint; the beginning where there is none.</summary>
    /// <exception cref="Core.InputException">The checkpoint is not of a run in lock-step.</exception>
    public static LockstepPosition Of(LoadedCheckpoint? checkpoint)
    {
        if (checkpoint is null)
        {
            return new LockstepPosition(0, 0, 0, 0, 0, 0, 0, null);
        }

        StateDictionary state = checkpoint.State;
        long segment = state.GetInt64(SegmentName);
        return new LockstepPosition(
            segment,
            // Checkpoints that do not say are of versions whose segments all had the same length.
            state.Contains(VectorStepsName) ? state.GetInt64(VectorStepsName) : segment * LockstepTraining.SegmentSteps,
            state.GetInt64(Prefix + "cooldown"),
            state.GetInt64(Prefix + "episodes"),
            state.GetInt64(Prefix + "written_rows"),
            state.GetInt64(Prefix + "evaluations"),
            state.Contains(ReturnsName) ? state.GetInt64(ReturnsName) : null,
            LockstepDebt.Of(state));
    }

    /// <summary>Adds the position to a checkpoint.</summary>
    public void AddTo(StateDictionary state)
    {
        state.Add(SegmentName, Segment);
        state.Add(VectorStepsName, VectorSteps);
        state.Add(Prefix + "cooldown", CooldownStart);
        state.Add(Prefix + "episodes", Episodes);
        state.Add(Prefix + "written_rows", WrittenRows);
        state.Add(Prefix + "evaluations", Evaluations);
        state.Add(ReturnsName, Returns ?? 0);
        Debt?.AddTo(state);
    }

    /// <summary>Takes out of the run's logs what came after the position, because it will be done again.</summary>
    public void CutRecords(RunFolder files)
    {
        EvaluationLog.Truncate(files.Evaluations, Evaluations);
        if (Returns is long returns)
        {
            ReturnLog.Truncate(files.Logs, worker: 0, returns);
        }
    }
}
