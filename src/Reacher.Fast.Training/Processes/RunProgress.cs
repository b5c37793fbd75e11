using System.Text.Json;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Html;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>What the supervisor knows of the run's course: read from the control block and the evaluation log, kept over interruptions.</summary>
internal sealed class RunProgress
{
    private static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(1);

    private readonly RunFolder files;
    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly ReplayFile replay;
    private readonly List<double> scores = [];
    private readonly EvaluationWindow window;
    private readonly EvaluationReader evaluations;
    private readonly StallWatch stall;
    private readonly ProgressFile kept;
    private readonly FinalEvaluation final;
    private readonly long transitionsBefore;
    private readonly long updatesBefore;
    private long scoresAtThreshold;
    private double sampledAt;
    private long sampledTransitions;
    private long sampledUpdates;
    private double transitionRate;
    private double updateRate;

    /// <param name="files">The run's folder.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="control">Its counters.</param>
    /// <param name="replay">Its replay.</param>
    /// <param name="begun">When the command began, from which the run's seconds count; null for now.</param>
    public RunProgress(RunFolder files, RunPlan plan, ControlBlock control, ReplayFile replay, long? begun = null)
    {
        this.files = files;
        this.plan = plan;
        this.control = control;
        this.replay = replay;
        EnvironmentSlots = plan.EnvironmentCount;
        window = EvaluationWindow.Over(plan, []);
        evaluations = new EvaluationReader(files.Evaluations);
        stall = new StallWatch(plan, control, replay, TimeProvider.System);
        transitionsBefore = sampledTransitions = control.TotalTransitions;
        kept = new ProgressFile(files.Progress, transitionsBefore, plan.Threshold, begun);
        updatesBefore = sampledUpdates = control.Learner.Updates;
        final = new FinalEvaluation(files, plan, control);
        // When a threshold was reached that the run did not have at the time, its metrics say.
        if (kept.HadOtherThreshold && RunFigures.TryRead(files.Metrics, plan) is { } figures)
        {
            (kept.FirstAtThreshold, kept.Solved) = (figures.FirstAtThresholdAt, figures.SolvedAt);
        }

        ReadNewEvaluations();
    }

    /// <summary>A sentence for the user about what could not be read at the beginning; null if all is well.</summary>
    public string? Warning => kept.Warning;

    public IReadOnlyList<double> EvaluationScores => scores;

    /// <summary>Slots whose training scores count: those of the run's env processes, and of other machines' where they may join.</summary>
    public int EnvironmentSlots { get; set; }

    /// <summary>Other machines that have joined; null where none may.</summary>
    public JoinedMachines? Machines { get; set; }

    public bool IsSolved => window.IsSolved;

    /// <summary>Whether the window has ever reached the threshold that the run has now; it may have fallen below since.</summary>
    public bool WasSolved { get; private set; }

    /// <summary>Seconds the run has been at it, interruptions left out.</summary>
    public double Elapsed => kept.Elapsed;

    /// <summary>Takes in what has happened since the last call.</summary>
    public void Refresh()
    {
        ReadNewEvaluations();
        double now = kept.SessionSeconds, interval = now - sampledAt;
        if (interval < RateInterval.TotalSeconds)
        {
            return;
        }

        long transitions = control.TotalTransitions, updates = control.Learner.Updates;
        transitionRate = Math.Max(0, transitions - sampledTransitions) / interval;
        updateRate = Math.Max(0, updates - sampledUpdates) / interval;
        (sampledAt, sampledTransitions, sampledUpdates) = (now, transitions, updates);
        Machines?.Sample(interval);
    }

    /// <summary>One sentence, once, where nothing has moved for a minute; else null.</summary>
    public string? Standstill() => stall.Look();

    public RunStatus Status(IReadOnlyList<SupervisedChild> children, RunPhase? phase = null)
    {
        ProcessSlot learner = control.Learner;
        (double trainingScore, double trainingDeviation, double trainingLength) = EnvironmentGauge.Read(control, EnvironmentSlots);
        long transitions = control.TotalTransitions, owed = transitions - control.Limiter.BaseTransitions;
        return new RunStatus
        {
            RunId = plan.RunId,
            Behavior = plan.Behavior,
            Phase = phase ?? Phase(transitions),
            ElapsedSeconds = Elapsed,
            Transitions = transitions,
            Episodes = control.TotalEpisodes,
            TrainingScore = trainingScore,
            TrainingScoreDeviation = trainingDeviation,
            TrainingEpisodeLength = trainingLength,
            Updates = learner.Updates,
            TransitionsPerSecond = transitionRate,
            UpdatesPerSecond = updateRate,
            ReplayRows = replay.Count,
            ReplayCapacity = replay.Capacity,
            UpdateRatio = owed > 0 ? (learner.Updates - control.Limiter.BaseUpdates) / (double)owed : 0,
            Figures = LearnerGauge.Read(learner),
            LearningRate = plan.Learner.LearningRate * LearningRates.Scale(plan, control),
            EvaluationEpisodes = scores.Count,
            EvaluationScore = scores.Count == 0 ? double.NaN : scores[^1],
            WindowMean = window.Mean,
            WindowCount = window.Count,
            WindowSize = window.Size,
            Threshold = plan.Threshold,
            SecondsToSolved = SecondsToSolved(),
            FinalEpisodes = final.Episodes,
            FinalScore = final.Mean,
            Processes = children.Select(child => new ProcessStatus(
                child.Name, child.Slot.Phase, child.ProcessorPercent(), child.Restarts.Total)).ToArray(),
            Machines = Machines?.Read(),
        };
    }

    private RunPhase Phase(long transitions)
    {
        if (control.Learner.Phase <= ProcessPhase.Starting)
        {
            return RunPhase.Starting;
        }

        if (transitions < control.Limiter.Limits.Warmup)
        {
            return RunPhase.WarmingUp;
        }

        if (control.CooldownStart is not null)
        {
            return RunPhase.CoolingDown;
        }

        return window.Count > 0 && scores[^1] >= plan.Threshold ? RunPhase.FillingTheWindow : RunPhase.Training;
    }

    /// <summary>Plays a whole window with the policy the run leaves, unless the run does without.</summary>
    /// <param name="newest">The channel in which the learner has published the policy at the end.</param>
    /// <param name="show">Called after each episode, with a status.</param>
    /// <param name="cancellation">Ends the evaluation early.</param>
    /// <returns>A sentence about what went wrong; null if all is well.</returns>
    public string? EvaluateFinalPolicy(WeightChannel newest, Action<RunStatus> show, CancellationToken cancellation)
    {
        var reader = new WeightReader(newest);
        return EvaluateFinalPolicy(reader.Refresh() ? reader.Evaluated : [], null, show, cancellation);
    }

    /// <summary>Plays a whole window with the policy the run leaves, unless the run does without.</summary>
    /// <param name="newest">The policy at the end.</param>
    /// <param name="player">The run's one player, if it has one.</param>
    /// <param name="show">Called after each episode, with a status.</param>
    /// <param name="cancellation">Ends the evaluation early.</param>
    /// <returns>A sentence about what went wrong; null if all is well.</returns>
    public string? EvaluateFinalPolicy(
        ReadOnlySpan<float> newest, IVectorEnvironment? player, Action<RunStatus> show, CancellationToken cancellation) =>
        final.Play(newest, player, () => show(Status([], RunPhase.EvaluatingTheFinalPolicy)), cancellation);

    /// <summary>What the run came to.</summary>
    /// <param name="reason">Why it ended.</param>
    /// <param name="model">The model's file; null where there is none.</param>
    public RunSummary Summarize(StopReason reason, string? model = null)
    {
        double seconds = kept.SessionSeconds;
        return new RunSummary
        {
            RunId = plan.RunId,
            Outcome = reason switch
            {
                StopReason.Solved => "solved",
                StopReason.MaximumSteps => "finished",
                StopReason.Failed => "failed",
                _ => "interrupted",
            },
            Algorithm = plan.Algorithm,
            ElapsedSeconds = Elapsed,
            Episodes = control.TotalEpisodes,
            Transitions = control.TotalTransitions,
            Updates = control.Learner.Updates,
            Threshold = plan.Threshold,
            FirstAtThreshold = kept.FirstAtThreshold,
            Solved = kept.Solved,
            EvaluationEpisodes = scores.Count,
            WindowMean = Known(window.Mean),
            WindowCount = window.Count,
            FinalScore = Known(final.Mean),
            FinalDeviation = Known(final.Deviation),
            FinalEpisodes = final.Episodes,
            TransitionsPerSecond = (control.TotalTransitions - transitionsBefore) / seconds,
            UpdatesPerSecond = Math.Max(0, control.Learner.Updates - updatesBefore) / seconds,
            Folder = files.Folder,
            Model = model,
        };

        static double? Known(double value) => double.IsNaN(value) ? null : value;
    }

    /// <summary>Keeps what a resumed run needs, and the summary.</summary>
    /// <returns>One sentence if it could not be written; else null.</returns>
    public string? Save(RunSummary summary)
    {
        kept.Save();
        try
        {
            AtomicFile.WriteText(files.Summary, JsonSerializer.Serialize(summary, JsonStyle.Indented));
            return null;
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            return $"The summary was not saved ({AtomicFile.Reason(error)}); here it is.";
        }
    }

    /// <summary>Keeps the clock and the milestones every few seconds; see <see cref="ProgressFile.SaveNowAndThen"/>.</summary>
    public void SaveNowAndThen() => kept.SaveNowAndThen();

    private void ReadNewEvaluations()
    {
        List<EvaluationRecord> records;
        try
        {
            records = evaluations.ReadNew();
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // They stay in the file until it can be read again.
            return;
        }

        foreach (EvaluationRecord record in records)
        {
            scores.Add(record.Score);
            window.Add(record.Score);
            scoresAtThreshold += record.Score >= plan.Threshold ? 1 : 0;
            // Of several episodes that the same weights played side by side it is their mean that counts, not the best of them.
            if (record.Mean >= plan.Threshold)
            {
                kept.FirstAtThreshold ??= new Milestone(record.TrainingEpisodes, record.Transitions, Elapsed, record.Mean);
            }

            if (window.IsSolved)
            {
                WasSolved = true;
                kept.Solved ??= new Milestone(record.TrainingEpisodes, record.Transitions, Elapsed, window.Mean);
            }
        }
    }

    // Once the scores are there only the window is left to fill: as many episodes as it takes the low ones to leave, at the pace they come.
    private double? SecondsToSolved()
    {
        if (scores.Count == 0 || !(scores[^1] >= plan.Threshold) || IsSolved || kept.FirstAtThreshold is null)
        {
            return null;
        }

        double pace = Math.Max(1e-3, (Elapsed - kept.FirstAtThreshold.Seconds) / Math.Max(1, scoresAtThreshold));
        return pace * Math.Max(0, plan.EvaluationWindow - scoresAtThreshold);
    }
}
