using System.Globalization;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Notices that a run stands still: for <see cref="Patience"/> no transition was counted, no update made and no evaluation episode ended.
/// Every process of it may be alive and well meanwhile, so that nothing else would tell its user.
/// </summary>
/// <param name="plan">The plan of the run.</param>
/// <param name="control">The run's counters.</param>
/// <param name="replay">The rows that were stored.</param>
/// <param name="clock">Tells how long nothing has moved.</param>
internal sealed class StallWatch(RunPlan plan, ControlBlock control, ReplayFile replay, TimeProvider clock)
{
    /// <summary>How long nothing may move before it is said.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private (long Transitions, long Updates, long Evaluations) moved;
    private long vectorSteps;
    private long movedAt = clock.GetTimestamp();
    private bool isSaid;

    /// <summary>To be called now and then while the run goes on.</summary>
    /// <returns>One sentence, once each time it comes to a standstill; else null.</returns>
    public string? Look()
    {
        (long, long, long) now = (
            control.TotalTransitions, control.Learner.Updates, control.Slot(ProcessRole.Evaluation, 0).Episodes);
        if (now != moved)
        {
            (moved, movedAt, vectorSteps, isSaid) = (now, clock.GetTimestamp(), VectorSteps(), false);
            return null;
        }

        if (isSaid || clock.GetElapsedTime(movedAt) < Patience)
        {
            return null;
        }

        isSaid = true;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Nothing has moved for a minute, at {moved.Transitions:N0} transitions and {moved.Updates:N0} updates: {Reason()}.");
    }

    private string Reason()
    {
        if (VectorSteps() > vectorSteps)
        {
            return "the environments step, but no agent acts and asks again in the next message, so nothing can be learned; give all agents of " +
                "the behaviour the same Decision Period";
        }

        if (control.Learner.IsStarved || (replay.WrittenRows == 0 && moved.Transitions > 0))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the learner finds no transition in the replay, which stores one after n_step ({plan.NStep}) decisions of an agent or at an " +
                $"episode's end");
        }

        return $"the learner {Doing(control.Learner)}; " + string.Join(
            ", ",
            Enumerable.Range(0, plan.EnvironmentCount).Select(i => string.Create(
                CultureInfo.InvariantCulture, $"env-{i} {Doing(control.Slot(ProcessRole.Environment, i))}")));
    }

    private static string Doing(ProcessSlot slot) => slot.Phase switch
    {
        ProcessPhase.Absent or ProcessPhase.Starting => "has not started yet",
        ProcessPhase.Waiting => "waits for the others",
        ProcessPhase.Saving => "saves",
        ProcessPhase.Stopped => "has ended",
        _ when slot.Role == ProcessRole.Environment => "waits within a step of its environment",
        _ => "is within an update",
    };

    private long VectorSteps() => Enumerable.Range(0, plan.EnvironmentCount).Sum(i => control.Slot(ProcessRole.Environment, i).VectorSteps);
}
