using System.Diagnostics;

namespace Reacher.Fast.Training.Profiling;

/// <summary>Which process of a run a stage is part of.</summary>
internal enum StageRole
{
    /// <summary>The environments': its shares are of the time that a transition takes.</summary>
    Environment,

    /// <summary>The learner's: its shares are of the time that an update takes.</summary>
    Learner,
}

/// <summary>What a machine gives at most for a stage, in the stage's own unit a second.</summary>
/// <param name="Name">What was measured, such as <c>prefetched random gather</c>.</param>
/// <param name="Resource">What of the machine it is, such as <c>random reads of memory</c>.</param>
/// <param name="Measure">One trial of some milliseconds.</param>
internal sealed record StageLimit(string Name, string Resource, Func<double> Measure);

/// <summary>One step of the data's path, by itself.</summary>
/// <param name="Name">The stage's name, such as <c>replay sample</c>.</param>
/// <param name="Role">The process whose time the stage takes.</param>
/// <param name="Unit">What is counted, such as <c>rows</c>.</param>
/// <param name="PerTurn">How many of these there are for one transition (environment) or one update (learner).</param>
/// <param name="Measure">One trial of some milliseconds: units a second.</param>
/// <param name="Limits">The lowest is the one that counts; none where the machine sets none (a Unity player).</param>
internal sealed record Stage(string Name, StageRole Role, string Unit, double PerTurn, Func<double> Measure, IReadOnlyList<StageLimit> Limits)
{
    private static readonly TimeSpan Trial = TimeSpan.FromMilliseconds(4);

    /// <summary>Units a second over one trial of <paramref name="work"/>, which returns how many it did.</summary>
    public static double Rate(Func<int> work)
    {
        long began = Stopwatch.GetTimestamp(), units = 0;
        TimeSpan elapsed;
        do
        {
            units += work();
            elapsed = Stopwatch.GetElapsedTime(began);
        }
        while (elapsed < Trial);
        return units / elapsed.TotalSeconds;
    }
}
