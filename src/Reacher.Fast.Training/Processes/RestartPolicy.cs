namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Counts a child's deaths in a row. A child that then lives for <see cref="Healthy"/> has recovered, and the row begins anew; one that
/// keeps dying ends the run (<c>--max-lifetime-restarts</c>, -1 for no limit). A start that fails is a death like another.
/// </summary>
internal sealed class RestartPolicy(int maximumInARow)
{
    /// <summary>How long a child must live for its next death not to count as one in a row.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(60);

    private const int LongestPause = 30;

    /// <summary>Deaths in a row so far.</summary>
    public int InARow { get; private set; }

    /// <summary>Deaths over the whole run.</summary>
    public int Total { get; private set; }

    /// <summary>
    /// How long to wait before another try after a start that failed. What it failed for (no process or memory left, an executable that is
    /// being replaced) may last, so the tries get rarer: with the ten that are allowed by default they go on for about three minutes.
    /// </summary>
    public TimeSpan Pause => TimeSpan.FromSeconds(Math.Min(LongestPause, 1 << Math.Clamp(InARow - 1, 0, 5)));

    /// <summary>Counts a death after <paramref name="lifetime"/>.</summary>
    /// <returns>Whether it may be started again.</returns>
    public bool MayRestart(TimeSpan lifetime)
    {
        InARow = lifetime >= Healthy ? 1 : InARow + 1;
        Total++;
        return maximumInARow < 0 || InARow <= maximumInARow;
    }
}
