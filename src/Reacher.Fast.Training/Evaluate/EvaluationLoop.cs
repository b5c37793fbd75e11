using Reacher.Fast.Core.Environments;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Measures the newest policy: newest weights, episodes without exploration played side by side, their scores into the log, and the policy
/// into a file if it is the best so far. A turn is one decision, so that a process can show signs of life and end within an episode. An
/// eval process and lock-step training drive it alike:
/// <code>
/// using var loop = new EvaluationLoop(plan, control, index, environments, weights, log, best, warn);
/// while (WaitUntil(loop.IsDue))
/// {
///     loop.Turn();
/// }
/// </code>
/// A turn that throws (a player was lost) has given its episodes up; the next turn begins the same episodes anew.
/// </summary>
internal sealed class EvaluationLoop : IDisposable
{
    // An episode in so many vector steps costs a tenth of a core beside a learner on the arm. Filling the window from one moment's
    // weights, which would be quicker, would call a lucky policy solved.
    private const int HurriedSteps = 20;

    // An evaluation of several episodes is followed by a pause of so many times its length, so that it takes an eighth of a core at most.
    private const int PausePerEvaluation = 7;

    // Where an evaluation takes next to nothing, this is how many of them anybody wants to read.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);

    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly ProcessSlot self;
    private readonly ActingPolicy policy;
    private readonly Evaluator evaluator;
    private readonly WeightReader weights;
    private readonly EvaluationLog log;
    private readonly EvaluationWindow window;
    private readonly BestPolicy best;
    private readonly Action<string> warn;
    private readonly TimeProvider clock;
    private readonly long hurriedTransitions;
    private readonly long unhurriedTransitions;
    private readonly EvaluationRounds? rounds;
    private double[] scores = [];
    private long evaluatedTrainingEpisodes = -1;
    private long evaluatedTransitions;
    // The weights that a run begins with are worth no evaluation of many episodes.
    private long evaluatedVersion;
    private long begun;
    private long ended;
    private TimeSpan pause;
    private bool warned;
    private bool warnedOfCut;

    /// <summary>
    /// The loop of evaluation <paramref name="index"/> of a run, which goes on where the log ends. What it is given stays the caller's to dispose.
    /// </summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="control">The run's counters; this loop counts in its evaluation's slot.</param>
    /// <param name="index">The evaluation's number among those of the run.</param>
    /// <param name="environments">The environments in which the episodes of an evaluation are played side by side.</param>
    /// <param name="weights">Where newer policies come from.</param>
    /// <param name="log">The log that takes the scores; its recent ones fill the window.</param>
    /// <param name="best">Keeps the best policy.</param>
    /// <param name="warn">Takes a sentence for the user.</param>
    /// <param name="clock">By which evaluations of several episodes are paced.</param>
    public EvaluationLoop(
        RunPlan plan,
        ControlBlock control,
        int index,
        IReadOnlyList<IVectorEnvironment> environments,
        WeightReader weights,
        EvaluationLog log,
        BestPolicy best,
        Action<string> warn,
        TimeProvider? clock = null)
    {
        (this.plan, this.control, this.weights) = (plan, control, weights);
        (this.log, this.best, this.warn) = (log, best, warn);
        this.clock = clock ?? TimeProvider.System;
        self = control.Slot(ProcessRole.Evaluation, index);
        policy = ActingPolicy.Create(plan, environments.Sum(environment => environment.AgentCount));
        evaluator = new Evaluator(policy, environments, plan.Seed, plan.LongestEpisode);
        window = EvaluationWindow.Over(plan, log.Recent);
        long agents = (long)plan.AgentCount * plan.EnvironmentCount;
        hurriedTransitions = HurriedSteps * agents;
        unhurriedTransitions = plan.LongestEpisode * agents;
        rounds = EvaluationRounds.Of(plan);
        if (log.Warning is string unreadable)
        {
            warn(unreadable);
        }
    }

    /// <summary>Whether an evaluation is under way.</summary>
    public bool IsPlaying { get; private set; }

    /// <summary>The scores of the evaluation that was played to its end last.</summary>
    public ReadOnlySpan<double> Scores => scores;

    /// <summary>Mean of the last evaluation that was played to its end; null before the first of the run.</summary>
    public double? LastMean => log.Last?.Mean;

    /// <summary>Whether the scores so far fill the window and solve the task.</summary>
    public bool IsSolved => window.IsSolved;

    private bool IsWide => evaluator.Width > 1;

    // All episodes of a round are of one policy; a process that begins within a round takes the newest there is.
    private bool TakesNewest => rounds is null || rounds.IsFirst(log.Count) || evaluatedTrainingEpisodes < 0;

    private bool IsHurried => LastMean >= plan.Threshold && !window.IsSolved;

    /// <summary>
    /// Whether a turn has something to do: an evaluation is under way, or there are weights to evaluate and it is time. Where episodes are
    /// played one at a time it is time when, since the last episode began, a training episode has ended; once the scores reach the
    /// threshold, every <see cref="HurriedSteps"/> vector steps as well, so that the window is full, and low scores have left it, some two
    /// training episodes later. Training episodes that do not end count as ended after as many steps as an evaluation's may have. Where
    /// several are played side by side it is time after a pause that keeps the evaluation's share of the machine small, and at once while
    /// the scores have reached the threshold and the window has not. A plan with rounds says when its next one begins.
    /// </summary>
    public bool IsDue()
    {
        if (IsPlaying)
        {
            return true;
        }

        // Asked first, as newer weights are copied: lock-step asks after every step.
        if (rounds is not null && !rounds.IsDue(log.Count, control.TotalTransitions))
        {
            return false;
        }

        if (TakesNewest)
        {
            weights.Refresh();
        }

        if (weights.Version < 0)
        {
            return false;
        }

        if (rounds is not null)
        {
            return true;
        }

        if (IsWide)
        {
            return weights.Version != evaluatedVersion && (IsHurried || clock.GetElapsedTime(ended) >= pause);
        }

        long transitions = LastMean >= plan.Threshold ? hurriedTransitions : unhurriedTransitions;
        return control.TotalEpisodes > evaluatedTrainingEpisodes || control.TotalTransitions - evaluatedTransitions >= transitions;
    }

    /// <summary>One decision of every agent; the first of an evaluation takes the newest weights, which then play it to its end.</summary>
    /// <returns>Whether an evaluation ended with it.</returns>
    public bool Turn()
    {
        if (!IsPlaying)
        {
            Begin();
        }

        IsPlaying = false;
        bool over = evaluator.Step();
        IsPlaying = !over;
        if (over)
        {
            Record();
            ended = clock.GetTimestamp();
            TimeSpan longest = PausePerEvaluation * clock.GetElapsedTime(begun, ended);
            pause = longest > ShortestPause ? longest : ShortestPause;
        }

        self.Beat();
        return over;
    }

    public void Dispose() => policy.Dispose();

    private void Begin()
    {
        begun = clock.GetTimestamp();
        if (TakesNewest)
        {
            weights.Refresh();
            evaluatedVersion = weights.Version;
            evaluatedTrainingEpisodes = control.TotalEpisodes;
            evaluatedTransitions = control.TotalTransitions;
            policy.Load(weights.Evaluated);
        }

        self.WeightVersion = evaluatedVersion;
        evaluator.Begin(log.Count, Math.Min(evaluator.Width, rounds?.LeftOf(log.Count) ?? evaluator.Width));
    }

    private void Record()
    {
        using SavingScope saving = self.BeginSaving();
        ReadOnlySpan<EpisodeScore> played = evaluator.Scores;
        bool wasCut = false;
        scores = new double[played.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = played[i].Mean;
            wasCut |= played[i].WasCut;
            window.Add(scores[i]);
        }

        double mean = scores.Average();
        var records = new EvaluationRecord[scores.Length];
        for (int i = 0; i < records.Length; i++)
        {
            records[i] = new EvaluationRecord(
                Episode: log.Count + i,
                scores[i],
                played[i].Deviation,
                evaluatedVersion,
                rounds is null ? control.TotalTransitions : evaluatedTransitions,
                control.TotalEpisodes,
                DateTimeOffset.UtcNow,
                IsWide ? mean : null);
        }

        string? notKept = best.Add(scores, weights.Evaluated);
        string? notWritten = log.Append(records);
        foreach (double score in scores)
        {
            self.AddEpisode(score);
        }

        // While the disk stays full every episode fails to be saved; the user is warned of it once.
        string? warning = (warned ? null : notWritten) ?? notKept;
        if (warning is not null)
        {
            warn(warning);
        }

        warned = notWritten is not null;
        if (wasCut && !warnedOfCut)
        {
            warn(Evaluator.DescribeCut("An evaluation's episode was", plan.LongestEpisode));
            warnedOfCut = true;
        }
    }
}
