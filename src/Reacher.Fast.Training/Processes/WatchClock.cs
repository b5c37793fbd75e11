namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The time for which the supervisor has watched, by which it judges how long a child has been silent. It stands still while the
/// supervisor does: after Ctrl-Z and <c>fg</c>, or in a container that was frozen, the children have been silent because they were stopped
/// too, and they are given as long as ever to show that they live.
/// </summary>
/// <param name="time">The time that passes anyway.</param>
internal sealed class WatchClock(TimeProvider time)
{
    /// <summary>What a turn of the watch counts for at most; an unhindered one takes 0.1 s.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(250);

    private long lastTurn = time.GetTimestamp();

    /// <summary>The time watched so far.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Counts the time since the last turn. The watch calls it at each of its turns.</summary>
    public void Turn()
    {
        long now = time.GetTimestamp();
        TimeSpan turn = time.GetElapsedTime(lastTurn, now);
        Elapsed += turn < LongestTurn ? turn : LongestTurn;
        lastTurn = now;
    }
}
