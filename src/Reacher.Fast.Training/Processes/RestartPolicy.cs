namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Counts a child's deaths in a row. A child that then lives for <see cref="Healthy"/> has recovered, and the row begins anew; one that
/// keeps dying ends the run (<c>--max-lifetime-restarts</c>, -1 for no limit).
/// </summary>
internal sealed class RestartPolicy(int maximumInARow)
{
    /// <summary>How long a child must live for its next death not to count as one in a row.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(60);

    /// <summary>Deaths in a row so far.</summary>
    public int InARow { get; private set; }

    /// <summary>Deaths over the whole run.</summary>
    public int Total { get; private set; }

    /// <summary>Counts a death after <paramref name="lifetime"/>.</summary>
    /// <returns>Whether it may be started again.</returns>
    public bool MayRestart(TimeSpan lifetime)
    {
        InARow = lifetime >= Healthy ? 1 : InARow + 1;
        Total++;
        return maximumInARow < 0 || InARow <= maximumInARow;
    }
}
