using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// From where a run in lock-step counts the updates it owes (<see cref="RateLimiter"/>), as its checkpoints keep it, and the options by which
/// it counted. A run that goes on with the same options owes what it would have owed; one that goes on with others owes nothing yet.
/// </summary>
/// <param name="TransitionsPerUpdate">The option <c>steps_per_update</c>.</param>
/// <param name="WarmupTransitions">The option <c>buffer_init_steps</c>.</param>
/// <param name="BaseTransitions">Transitions that owe no updates.</param>
/// <param name="BaseUpdates">Updates that were made before the debt began to count.</param>
internal sealed record LockstepDebt(double TransitionsPerUpdate, long WarmupTransitions, long BaseTransitions, long BaseUpdates)
{
    private const string Prefix = "lockstep.debt.";
    private const string RatioName = Prefix + "transitions_per_update";

    /// <summary>The debt of a run from its beginning on.</summary>
    public static LockstepDebt AtBeginning(RunPlan plan) => new(plan.TransitionsPerUpdate, plan.WarmupTransitions, plan.WarmupTransitions, 0);

    /// <summary>The debt as it is counted now.</summary>
    public static LockstepDebt Now(RunPlan plan, RateLimiter limiter) =>
        new(plan.TransitionsPerUpdate, plan.WarmupTransitions, limiter.BaseTransitions, limiter.BaseUpdates);

    /// <summary>Reads a checkpoint's; null where it keeps none: an earlier version's, by which the debt counted from the beginning.</summary>
    public static LockstepDebt? Of(StateDictionary state) => state.Contains(RatioName)
        ? new LockstepDebt(
            state.GetDoubles(RatioName, 1)[0],
            state.GetInt64(Prefix + "warmup_transitions"),
            state.GetInt64(Prefix + "base_transitions"),
            state.GetInt64(Prefix + "base_updates"))
        : null;

    /// <summary>Adds it to a checkpoint.</summary>
    public void AddTo(StateDictionary state)
    {
        state.Add(RatioName, [TransitionsPerUpdate], 1);
        state.Add(Prefix + "warmup_transitions", WarmupTransitions);
        state.Add(Prefix + "base_transitions", BaseTransitions);
        state.Add(Prefix + "base_updates", BaseUpdates);
    }

    /// <summary>Sets a limiter's limits for a run in lock-step, whose counters stand where it goes on.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="limiter">Its limiter.</param>
    /// <param name="isWhole">Whether the replay has all rows that it had.</param>
    /// <param name="warmupEnd">The transitions at which the warm-up ends where the debt is to be counted anew.</param>
    public void Configure(RunPlan plan, RateLimiter limiter, bool isWhole, long warmupEnd)
    {
        bool goesOn = isWhole && (TransitionsPerUpdate, WarmupTransitions) == (plan.TransitionsPerUpdate, plan.WarmupTransitions);
        long end = goesOn ? BaseTransitions : warmupEnd;
        limiter.Configure(new RateLimits(plan.UpdatesPerTransition, end, LearnerSlack: 0, EnvironmentSlack: 1));
        if (goesOn)
        {
            limiter.SetBase(BaseTransitions, BaseUpdates);
        }
    }
}
