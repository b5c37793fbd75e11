namespace Reacher.Fast.Cluster.Joining;

/// <summary>
/// How many rows may lie in a machine's ring unacknowledged: as many as the run takes in a fiftieth of a second and two round trips. Where the
/// run takes all that come, that is more than there are, and the window grows with what is taken until the link or the ring bounds it; where
/// the rate limiter holds them, experience is not older than that when it arrives.
/// </summary>
internal sealed class WindowSize
{
    private const double Seconds = 0.02;
    private const double Weight = 0.3;

    private readonly long least;
    private readonly long most;
    private double rate;

    /// <summary>A window that is narrow at first, so that a run which is slow never gets a ring full of old rows.</summary>
    /// <param name="least">Enough for every env process to write its next steps.</param>
    /// <param name="most">The ring's capacity.</param>
    public WindowSize(long least, long most) => (this.least, this.most, Rows) = (Math.Min(least, most), most, Math.Min(least, most));

    /// <summary>The window.</summary>
    public long Rows { get; private set; }

    /// <summary>Takes in what was acknowledged in some time.</summary>
    /// <param name="rows">Rows acknowledged.</param>
    /// <param name="seconds">In how many seconds.</param>
    /// <param name="roundTrip">Seconds to the run's machine and back.</param>
    public void Add(long rows, double seconds, double roundTrip)
    {
        rate += Weight * ((rows / seconds) - rate);
        Rows = Math.Clamp((long)(rate * (Seconds + (2 * roundTrip))), least, most);
    }
}
