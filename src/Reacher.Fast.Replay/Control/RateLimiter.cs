using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Control;

/// <summary>What a <see cref="RateLimiter"/> holds a run to.</summary>
/// <param name="UpdatesPerTransition">The ratio: updates owed per agent step.</param>
/// <param name="Warmup">Agent steps before the first update; they owe none.</param>
/// <param name="LearnerSlack">Updates that the learner may be ahead.</param>
/// <param name="EnvironmentSlack">Updates that the environments may let the learner fall behind before they wait.</param>
public readonly record struct RateLimits(double UpdatesPerTransition, long Warmup, double LearnerSlack, double EnvironmentSlack);

/// <summary>
/// Holds updates per transition at a ratio, in both directions, over shared counters and without a lock (Reverb's
/// SampleToInsertRatio, Cassirer et al. 2021, with updates for samples). With T agent steps, U updates, both counted from
/// the base (T0, U0), the debt is <c>D = ratio (T - T0) - (U - U0)</c> updates:
/// <code>
/// the learner updates while   T >= warm-up  and  D >= 1 - learner slack
/// an environment steps while  T &lt; warm-up   or   D &lt;= environment slack   or   the learner finds no row to draw
/// </code>
/// so the two are never both held as long as the slacks are not negative and their sum is at least 1. The last condition is needed because
/// agent steps become rows late, when their n-step windows are complete, or never, where a window is lost; the steps made meanwhile are owed
/// updates like all others. On resuming, the base is
/// moved to what is counted by then: no burst of updates makes up for the past (ML-Agents #4062).
/// </summary>
public sealed class RateLimiter
{
    private readonly ControlBlock control;
    private readonly SharedWord ratio;
    private readonly SharedWord warmup;
    private readonly SharedWord learnerSlack;
    private readonly SharedWord environmentSlack;
    private readonly SharedWord baseTransitions;
    private readonly SharedWord baseUpdates;
    private readonly SharedWord configured;

    internal RateLimiter(ControlBlock control, MappedFile file, long offset)
    {
        this.control = control;
        ratio = file.Word(offset);
        warmup = file.Word(offset + 8);
        learnerSlack = file.Word(offset + 16);
        environmentSlack = file.Word(offset + 24);
        baseTransitions = file.Word(offset + 32);
        baseUpdates = file.Word(offset + 40);
        configured = file.Word(offset + 48);
    }

    /// <summary>What it holds the run to; meaningless before <see cref="Configure"/>.</summary>
    public RateLimits Limits => new(
        ratio.ReadDouble(), (long)warmup.ReadAcquire(), learnerSlack.ReadDouble(), environmentSlack.ReadDouble());

    /// <summary>T0: agent steps that owe no updates.</summary>
    public long BaseTransitions => (long)baseTransitions.ReadAcquire();

    /// <summary>U0: updates that were made before the debt began to count.</summary>
    public long BaseUpdates => (long)baseUpdates.ReadAcquire();

    /// <summary>D: updates owed now; negative when the learner is ahead.</summary>
    public double Debt => DebtAt(control.TotalTransitions);

    /// <summary>
    /// Sets the limits, and the base: the end of the warm-up, or, where the run is past it already (it is resumed), what is
    /// counted now. The supervisor, before it starts any process.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The ratio or a slack is negative or not finite, or the slacks' sum is
    /// below 1.</exception>
    public void Configure(RateLimits limits)
    {
        Check(limits.UpdatesPerTransition, nameof(limits));
        Check(limits.LearnerSlack, nameof(limits));
        Check(limits.EnvironmentSlack, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfNegative(limits.Warmup);
        if (limits.LearnerSlack + limits.EnvironmentSlack < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(limits), limits, "The slacks must sum to 1 update or more, or learner and environments could wait for each other.");
        }

        configured.WriteRelease(0);
        ratio.WriteDouble(limits.UpdatesPerTransition);
        warmup.WriteRelease((ulong)limits.Warmup);
        learnerSlack.WriteDouble(limits.LearnerSlack);
        environmentSlack.WriteDouble(limits.EnvironmentSlack);
        Rebase();
        configured.WriteRelease(1);
    }

    /// <summary>Forgives what is owed: the debt counts from here, or from the end of the warm-up if that is yet to come.</summary>
    public void Rebase()
    {
        baseTransitions.WriteRelease((ulong)Math.Max(control.TotalTransitions, (long)warmup.ReadAcquire()));
        baseUpdates.WriteRelease((ulong)control.Learner.Updates);
    }

    /// <summary>
    /// Counts the debt from where it was counted before: a run in one process, which goes on from a checkpoint as if it had not been
    /// interrupted.
    /// </summary>
    /// <param name="transitions">T0, as it was.</param>
    /// <param name="updates">U0, as it was.</param>
    public void SetBase(long transitions, long updates)
    {
        baseTransitions.WriteRelease((ulong)transitions);
        baseUpdates.WriteRelease((ulong)updates);
    }

    /// <summary>
    /// Whether the learner may make <paramref name="updates"/> more now, all of which must be owed but the one that its slack allows. A
    /// learner that takes several at a time needs slacks that sum to as many, or it and the environments could wait for each other.
    /// </summary>
    public bool MayUpdate(int updates = 1)
    {
        RequireConfigured();
        long transitions = control.TotalTransitions;
        return transitions >= (long)warmup.ReadAcquire() && DebtAt(transitions) >= updates - learnerSlack.ReadDouble();
    }

    /// <summary>Whether an environment may make one more vector step now.</summary>
    public bool MayStep()
    {
        RequireConfigured();
        long transitions = control.TotalTransitions;
        return transitions < (long)warmup.ReadAcquire() || DebtAt(transitions) <= environmentSlack.ReadDouble() || control.Learner.IsStarved;
    }

    private double DebtAt(long transitions) =>
        (ratio.ReadDouble() * (transitions - BaseTransitions)) - (control.Learner.Updates - BaseUpdates);

    private static void Check(double value, string name)
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "A rate limit must be a finite number of 0 or more.");
        }
    }

    private void RequireConfigured()
    {
        if (configured.ReadAcquire() == 0)
        {
            throw new InvalidOperationException(
                $"The rate limiter of {control.Path} has no limits yet; the supervisor configures it before it starts a process.");
        }
    }
}
