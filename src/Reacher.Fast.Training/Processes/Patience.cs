using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Processes;

/// <summary>How long a process may give no sign of life before it counts as hung.</summary>
/// <param name="Turn">In its loop.</param>
/// <param name="Start">On its way into its loop, or out of it.</param>
/// <param name="Save">
/// While it writes to the disk. What makes it wait there is the disk, and a new process would wait for the same.
/// </param>
internal readonly record struct Patience(TimeSpan Turn, TimeSpan Start, TimeSpan Save)
{
    /// <summary>That for a process in <paramref name="phase"/>.</summary>
    public TimeSpan Of(ProcessPhase phase) => phase switch
    {
        ProcessPhase.Running or ProcessPhase.Waiting => Turn,
        ProcessPhase.Saving => Save,
        _ => Start,
    };
}
