using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Learn;

/// <summary>
/// Saves a learner process's checkpoints when its schedule says so, and tells the user where the disk is full, once each time it fills
/// up.
/// </summary>
/// <param name="checkpoints">Where they are saved.</param>
/// <param name="schedule">When they are due.</param>
/// <param name="state">The state that is saved.</param>
/// <param name="updates">The learner's updates, which must have ended before its state is taken.</param>
/// <param name="warn">Takes a sentence for the user.</param>
internal sealed class CheckpointSaver(
    TrainingCheckpoints checkpoints, CheckpointSchedule schedule, TrainingState state, IUpdates updates, Action<string> warn)
{
    private readonly ProcessSlot self = state.Control.Learner;
    private bool diskIsFull;

    /// <summary>Saves a numbered checkpoint or replaces the newest one, if either is due.</summary>
    public void SaveWhenDue()
    {
        if (schedule.IsNumberedDue(state.Control.TotalTransitions))
        {
            Save();
        }
        else if (schedule.IsLatestDue)
        {
            Save(state => checkpoints.SaveLatest(state));
        }
    }

    /// <summary>Saves a numbered checkpoint.</summary>
    public void Save() => Save(state => checkpoints.Save(state));

    private void Save(Func<TrainingState, CheckpointSave> write)
    {
        using SavingScope saving = self.BeginSaving();
        schedule.Begin(state.Control.TotalTransitions);
        updates.Settle();
        CheckpointSave save = write(state);
        schedule.End();
        Warn(save);
    }

    private void Warn(CheckpointSave save)
    {
        if (save.Warning is not null && !diskIsFull)
        {
            warn(save.Warning);
        }
        else if (save.IsSaved && diskIsFull)
        {
            warn("Checkpoints are saved again.");
        }

        diskIsFull = !save.IsSaved;
    }
}
