using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The evaluation rounds that are due when a run of several processes comes to its own end. Its last transition is the last point of its
/// curve, so the evaluation plays them before it ends, and the supervisor waits for it. A player is told to close at once instead.
/// </summary>
internal static class LastRounds
{
    // A process that hangs must not keep the run from its end.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether they are played although the run has ended.</summary>
    public static bool ArePlayed(RunPlan plan, ControlBlock control) =>
        plan.EvaluationInterval > 0 && !plan.Environment.IsPlayer && control.StopReason is StopReason.MaximumSteps or StopReason.Solved;

    /// <summary>Waits until the evaluation has ended.</summary>
    /// <param name="children">The run's processes.</param>
    /// <param name="clock">The time that is waited by.</param>
    /// <param name="stop">Ends the wait.</param>
    public static void Await(IEnumerable<SupervisedChild> children, WatchClock clock, CancellationToken stop)
    {
        SupervisedChild? evaluation = children.FirstOrDefault(child => child.Slot.Role == ProcessRole.Evaluation);
        clock.Turn();
        TimeSpan began = clock.Elapsed;
        while (evaluation is { HasEnded: false } && clock.Elapsed - began < Longest && !stop.WaitHandle.WaitOne(Interval))
        {
            clock.Turn();
        }
    }
}
