using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Rounds of evaluation episodes, as published curves have them: round r is due once r intervals of transitions have been made after the
/// first, random ones. Which round an episode belongs to follows from its number alone, so that a run that goes on needs to remember nothing.
/// </summary>
internal sealed class EvaluationRounds
{
    private readonly long interval;
    private readonly long warmup;
    private readonly int episodes;
    private readonly long limit;

    private EvaluationRounds(RunOptions plan)
    {
        (interval, warmup, episodes) = (plan.EvaluationInterval, plan.WarmupTransitions, plan.EvaluationEpisodes);
        limit = plan.TransitionLimit == 0 ? long.MaxValue : plan.TransitionLimit;
    }

    /// <summary>The rounds of a run; null for one that evaluates all the time.</summary>
    public static EvaluationRounds? Of(RunOptions plan) => plan.EvaluationInterval > 0 ? new EvaluationRounds(plan) : null;

    /// <summary>
    /// Whether the next episode may be played. Processes make some transitions more than a run is to have, which are of no round.
    /// </summary>
    /// <param name="played">Evaluation episodes of the run so far.</param>
    /// <param name="transitions">Transitions of the run so far.</param>
    public bool IsDue(long played, long transitions) => Math.Min(transitions, limit) - warmup >= played / episodes * interval;

    /// <summary>Whether the next episode begins a round.</summary>
    /// <param name="played">Evaluation episodes of the run so far.</param>
    public bool IsFirst(long played) => played % episodes == 0;

    /// <summary>Episodes of the round that the next one belongs to that are yet to be played.</summary>
    /// <param name="played">Evaluation episodes of the run so far.</param>
    public int LeftOf(long played) => episodes - (int)(played % episodes);

    /// <summary>The transition after the first, random ones at which the round of this episode is due.</summary>
    public long StepOf(long episode) => episode / episodes * interval;
}
