namespace Reacher.Fast.Training.Learn;

/// <summary>
/// When the learner saves. A numbered checkpoint is due at each multiple of the configured interval, however often the process was
/// killed in between; the newest one alone is due every few seconds, so that a kill costs a few seconds of learning and no more.
/// </summary>
internal sealed class CheckpointSchedule
{
    /// <summary>The longest time from one save to the next, as long as saving is quick.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Saving may take no more than a hundredth of the time, so where networks are large or the disk is slow it is done less often.
    private const int PausePerSave = 100;

    private readonly long interval;
    private readonly TimeProvider clock;
    private long numbered;
    private long began;
    private TimeSpan pause = Pause;

    /// <param name="interval">Transitions from one numbered checkpoint to the next.</param>
    /// <param name="transitions">Those of the checkpoint that the process began with; 0 if there was none.</param>
    /// <param name="clock">The clock that tells when a checkpoint is due.</param>
    public CheckpointSchedule(long interval, long transitions, TimeProvider clock)
    {
        this.interval = interval;
        this.clock = clock;
        numbered = transitions / interval;
        began = clock.GetTimestamp();
    }

    /// <summary>Whether the newest checkpoint is older than it may be.</summary>
    public bool IsLatestDue => clock.GetElapsedTime(began) >= pause;

    /// <summary>Whether a multiple of the interval has been passed since the last save.</summary>
    public bool IsNumberedDue(long transitions) => transitions / interval > numbered;

    /// <summary>
    /// To be called before a save, at <paramref name="transitions"/>. One that fails counts too, so that it is not tried again at every
    /// turn.
    /// </summary>
    public void Begin(long transitions)
    {
        numbered = transitions / interval;
        began = clock.GetTimestamp();
    }

    /// <summary>To be called after the save.</summary>
    public void End()
    {
        TimeSpan took = clock.GetElapsedTime(began);
        pause = took * PausePerSave > Pause ? took * PausePerSave : Pause;
    }
}
