using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Ends the wait for a Unity player that goes on although the run has ended: a player that hangs, or never came. The loops look at the stop flag
/// themselves and tell their players to close; only where they have not come to it in <see cref="Grace"/> is the wait cut off.
/// </summary>
internal sealed class StopDeadline : IDisposable
{
    /// <summary>How long a step in hand may take to its end, at most, when the run ends.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ControlBlock control;
    private readonly CancellationTokenSource passed;
    private readonly Timer timer;
    private TimeSpan stopping;

    /// <param name="control">Holds the stop flag; must outlive this.</param>
    /// <param name="supervisorGone">Cuts the wait off at once.</param>
    public StopDeadline(ControlBlock control, CancellationToken supervisorGone)
    {
        this.control = control;
        passed = CancellationTokenSource.CreateLinkedTokenSource(supervisorGone);
        timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Cancelled when it is past.</summary>
    public CancellationToken Passed => passed.Token;

    public void Dispose()
    {
        // Returns when no look is under way any more: the control block is unmapped behind it.
        timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        passed.Dispose();
    }

    private void Look()
    {
        if (control.ShouldStop && (stopping += Interval) > Grace)
        {
            passed.Cancel();
        }
    }
}
