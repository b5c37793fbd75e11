namespace Reacher.Fast.Replay.Control;

/// <summary>
/// The time in which a process writes to the disk, from <see cref="ProcessSlot.BeginSaving"/> until it is disposed. The disk may make it
/// wait for longer than a process in its loop may be silent, so the supervisor grants it more meanwhile.
/// </summary>
public readonly ref struct SavingScope
{
    private readonly ProcessSlot slot;
    private readonly ProcessPhase before;

    internal SavingScope(ProcessSlot slot)
    {
        (this.slot, before) = (slot, slot.Phase);
        slot.Phase = ProcessPhase.Saving;
        slot.Beat();
    }

    /// <summary>Shows that the process has come back, and goes back to the phase it was in.</summary>
    public void Dispose()
    {
        slot.Beat();
        slot.Phase = before;
    }
}
