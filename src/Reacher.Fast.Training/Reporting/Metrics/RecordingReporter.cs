namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records what another reporter shows: one line of metrics every few transitions, and one for every episode that has ended.</summary>
internal sealed class RecordingReporter : RunReporter
{
    private readonly RunReporter shown;
    private readonly MetricsRecorder recorder;
    private readonly long interval;
    private long nextProgress;
    private long trainingEpisodes = -1;
    private int evaluations;
    private bool warned;

    /// <param name="shown">Where the run shows itself.</param>
    /// <param name="recorder">Where it is recorded; not disposed here.</param>
    /// <param name="interval">Transitions from one line to the next.</param>
    /// <param name="recordedEvaluations">Evaluation episodes that a run gone on with has recorded already.</param>
    public RecordingReporter(RunReporter shown, MetricsRecorder recorder, long interval, int recordedEvaluations)
    {
        this.shown = shown;
        this.recorder = recorder;
        this.interval = interval;
        evaluations = recordedEvaluations;
    }

    public override void Run(Action body) => shown.Run(body);

    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        RecordTraining(status);
        RecordEvaluations(status, evaluationScores);
        if (status.Transitions >= nextProgress && status.Updates > 0)
        {
            nextProgress = status.Transitions + interval;
            recorder.Record(Progress(status));
        }

        if (recorder.Warning is { } warning && !warned)
        {
            warned = true;
            shown.Say(warning);
        }

        shown.Show(status, evaluationScores);
    }

    public override void Say(string sentence) => shown.Say(sentence);

    public override void Finish(RunSummary summary) => shown.Finish(summary);

    // The score at hand is that of the episode that ended last; episodes between two looks have gone by unseen.
    private void RecordTraining(RunStatus status)
    {
        if (trainingEpisodes >= 0 && status.Episodes > trainingEpisodes && double.IsFinite(status.TrainingScore))
        {
            recorder.Record(Line(MetricsKind.Training, status) with
            {
                Episode = status.Episodes,
                Score = status.TrainingScore,
                Deviation = status.TrainingScoreDeviation,
                EpisodeLength = status.TrainingEpisodeLength,
            });
        }

        trainingEpisodes = status.Episodes;
    }

    private void RecordEvaluations(RunStatus status, IReadOnlyList<double> scores)
    {
        for (; evaluations < scores.Count; evaluations++)
        {
            int first = Math.Max(0, evaluations + 1 - status.WindowSize);
            double sum = 0;
            for (int i = first; i <= evaluations; i++)
            {
                sum += scores[i];
            }

            int count = evaluations + 1 - first;
            recorder.Record(Line(MetricsKind.Evaluation, status) with
            {
                Episode = evaluations + 1,
                Score = scores[evaluations],
                WindowMean = sum / count,
                WindowCount = count,
            });
        }
    }

    private static MetricsLine Progress(RunStatus status) => Line(MetricsKind.Progress, status) with
    {
        CriticLoss = status.CriticLoss,
        Q1Loss = status.Q1Loss,
        Q2Loss = status.Q2Loss,
        PolicyLoss = status.PolicyLoss,
        MeanQ = status.MeanQ,
        MeanTarget = status.MeanTarget,
        Entropy = status.Entropy,
        EntropyCoefficient = status.EntropyCoefficient,
        LearningRate = status.LearningRate,
        CriticGradientNorm = status.CriticGradientNorm,
        PolicyGradientNorm = status.PolicyGradientNorm,
        TransitionsPerSecond = status.TransitionsPerSecond,
        UpdatesPerSecond = status.UpdatesPerSecond,
        UpdateRatio = status.UpdateRatio,
        ReplayRows = status.ReplayRows,
    };

    private static MetricsLine Line(MetricsKind kind, RunStatus status) => new()
    {
        Kind = kind,
        Seconds = status.ElapsedSeconds,
        Transitions = status.Transitions,
        Updates = status.Updates,
    };
}
