using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Ends the wait for a Unity player that goes on although the run has ended, because the player hangs or never came. A loop sees the stop
/// flag between two turns by itself and tells its player to close; only a loop that has not come to that within <see cref="Grace"/> has
/// its wait cut off here. Otherwise it would wait for the player's whole time-out, and the supervisor would kill it before.
/// </summary>
internal sealed class StopDeadline : IDisposable
{
    /// <summary>How long a step that is under way when the run ends may take.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ControlBlock control;
    private readonly CancellationTokenSource passed;
    private readonly Timer timer;
    private TimeSpan stopping;

    /// <param name="control">Holds the stop flag; must outlive this.</param>
    /// <param name="supervisorGone">Cuts the wait off at once: a supervisor that is gone leaves its children a second to end.</param>
    public StopDeadline(ControlBlock control, CancellationToken supervisorGone)
    {
        this.control = control;
        passed = CancellationTokenSource.CreateLinkedTokenSource(supervisorGone);
        timer = new Timer(_ => CancelWhenPast(), null, Interval, Interval);
    }

    /// <summary>Cancelled when the deadline is past.</summary>
    public CancellationToken Passed => passed.Token;

    public void Dispose()
    {
        // Waits for a callback that is under way: the caller unmaps the control block next, which the callback reads.
        timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        passed.Dispose();
    }

    private void CancelWhenPast()
    {
        if (control.ShouldStop && (stopping += Interval) > Grace)
        {
            passed.Cancel();
        }
    }
}
