using Reacher.Fast.Core.Environments;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Measures the newest policy: newest weights, one episode without exploration, its score into the log, and the policy into a file if
/// it is the best so far. A turn is one decision, so that a process can show signs of life and end within an episode. An eval process and
/// lock-step training drive it alike:
/// <code>
/// using var loop = new EvaluationLoop(plan, control, index, environment, weights, log, best, warn);
/// while (WaitUntil(loop.IsDue))
/// {
///     loop.Turn();
/// }
/// </code>
/// A turn that throws (a player was lost) has given its episode up; the next turn begins the same episode anew.
/// </summary>
internal sealed class EvaluationLoop : IDisposable
{
    // An episode in so many vector steps costs a tenth of a core beside a learner on the arm. Filling the window from one moment's
    // weights, which would be quicker, would call a lucky policy solved.
    private const int HurriedSteps = 20;

    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly ProcessSlot self;
    private readonly ActingPolicy policy;
    private readonly Evaluator evaluator;
    private readonly WeightReader weights;
    private readonly EvaluationLog log;
    private readonly BestPolicy best;
    private readonly Action<string> warn;
    private readonly long hurriedTransitions;
    private readonly long unhurriedTransitions;
    private readonly EvaluationRounds? rounds;
    private long evaluatedTrainingEpisodes = -1;
    private long evaluatedTransitions;
    private long playedVersion;
    private bool warned;
    private bool warnedOfCut;

    /// <summary>
    /// The loop of evaluation <paramref name="index"/> of a run, which goes on where the log ends. What it is given stays the caller's to dispose.
    /// </summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="control">The run's counters; this loop counts in its evaluation's slot.</param>
    /// <param name="index">The evaluation's number among those of the run.</param>
    /// <param name="environment">The environment in which the episodes are played.</param>
    /// <param name="weights">Where newer policies come from.</param>
    /// <param name="log">The log that takes the scores.</param>
    /// <param name="best">Keeps the best policy.</param>
    /// <param name="warn">Takes a sentence for the user.</param>
    public EvaluationLoop(
        RunPlan plan,
        ControlBlock control,
        int index,
        IVectorEnvironment environment,
        WeightReader weights,
        EvaluationLog log,
        BestPolicy best,
        Action<string> warn)
    {
        (this.plan, this.control, this.weights) = (plan, control, weights);
        (this.log, this.best, this.warn) = (log, best, warn);
        self = control.Slot(ProcessRole.Evaluation, index);
        policy = ActingPolicy.Create(plan, environment.AgentCount);
        evaluator = new Evaluator(policy, environment, plan.Seed, plan.LongestEpisode);
        long agents = (long)plan.AgentCount * plan.EnvironmentCount;
        hurriedTransitions = HurriedSteps * agents;
        unhurriedTransitions = plan.LongestEpisode * agents;
        rounds = EvaluationRounds.Of(plan);
        if (log.Warning is string unreadable)
        {
            warn(unreadable);
        }
    }

    /// <summary>Whether an episode is under way.</summary>
    public bool IsPlaying { get; private set; }

    /// <summary>Score of the last episode that was played to its end; null before the first of the run.</summary>
    public double? LastScore => log.Records.Count > 0 ? log.Records[^1].Score : null;

    /// <summary>
    /// Whether a turn has something to do: an episode is under way, or there are weights and, since the last episode began, a training
    /// episode has ended. Once the scores reach the threshold an episode is due every <see cref="HurriedSteps"/> vector steps as well, so
    /// that the window is full, and low scores have left it, some two training episodes later. Training episodes that do not end count as
    /// ended after as many steps as an evaluation's may have. A plan with rounds says when its next one begins.
    /// </summary>
    public bool IsDue()
    {
        if (IsPlaying)
        {
            return true;
        }

        weights.Refresh();
        if (rounds is not null)
        {
            return weights.Version >= 0 && rounds.IsDue(log.Records.Count, control.TotalTransitions);
        }

        long pause = LastScore >= plan.Threshold ? hurriedTransitions : unhurriedTransitions;
        return weights.Version >= 0 &&
            (control.TotalEpisodes > evaluatedTrainingEpisodes || control.TotalTransitions - evaluatedTransitions >= pause);
    }

    /// <summary>One decision of every agent; the first of an episode takes the newest weights, which then play it to its end.</summary>
    /// <returns>Whether an episode ended with it.</returns>
    public bool Turn()
    {
        if (!IsPlaying)
        {
            Begin();
        }

        IsPlaying = false;
        bool ended = evaluator.Step();
        IsPlaying = !ended;
        if (ended)
        {
            Record();
        }

        self.Beat();
        return ended;
    }

    public void Dispose() => policy.Dispose();

    private void Begin()
    {
        // All episodes of a round are of one policy; a process that begins within a round takes the newest there is.
        if (rounds is null || rounds.IsFirst(log.Records.Count) || evaluatedTrainingEpisodes < 0)
        {
            weights.Refresh();
            playedVersion = weights.Version;
            evaluatedTrainingEpisodes = control.TotalEpisodes;
            evaluatedTransitions = control.TotalTransitions;
            policy.Load(weights.Evaluated);
        }

        self.WeightVersion = playedVersion;
        evaluator.Begin(log.Records.Count);
    }

    private void Record()
    {
        using SavingScope saving = self.BeginSaving();
        string? notKept = best.Add(evaluator.Score, weights.Evaluated);
        string? notWritten = log.Append(new EvaluationRecord(
            Episode: log.Records.Count,
            evaluator.Score,
            evaluator.Deviation,
            playedVersion,
            rounds is null ? control.TotalTransitions : evaluatedTransitions,
            control.TotalEpisodes,
            DateTimeOffset.UtcNow));
        self.AddEpisode(evaluator.Score);

        // While the disk stays full every episode fails to be saved; the user is warned of it once.
        string? warning = (warned ? null : notWritten) ?? notKept;
        if (warning is not null)
        {
            warn(warning);
        }

        warned = notWritten is not null;
        if (evaluator.WasCut && !warnedOfCut)
        {
            warn(Evaluator.DescribeCut("An evaluation's episode was", plan.LongestEpisode));
            warnedOfCut = true;
        }
    }
}
