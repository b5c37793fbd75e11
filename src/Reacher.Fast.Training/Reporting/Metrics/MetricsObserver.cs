namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>Records one line of metrics every few transitions, and one for every episode that has ended.</summary>
/// <param name="recorder">Where it is recorded; not disposed here. Its warning is said here, once.</param>
/// <param name="interval">Transitions from one line to the next.</param>
/// <param name="recordedEvaluations">Evaluation episodes that a run gone on with has recorded already.</param>
internal sealed class MetricsObserver(MetricsRecorder recorder, long interval, int recordedEvaluations) : IRunObserver
{
    private long nextProgress;
    private long trainingEpisodes = -1;
    private int evaluations = recordedEvaluations;
    private bool warned;

    public string? OnStatus(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        RecordTraining(status);
        RecordEvaluations(status, evaluationScores);
        if (status.Transitions >= nextProgress && status.Updates > 0)
        {
            nextProgress = status.Transitions + interval;
            recorder.Record(Progress(status));
        }

        if (warned || recorder.Warning is null)
        {
            return null;
        }

        warned = true;
        return recorder.Warning;
    }

    // The status holds only the score of the episode that ended last; those that ended earlier since the last call are not in it.
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

    private static MetricsLine Progress(RunStatus status)
    {
        MetricsLine line = Line(MetricsKind.Progress, status) with { Machines = status.Machines };
        foreach (ProgressFigure figure in ProgressFigures.All)
        {
            line.Figures[figure.Figure.Name] = figure.Read(status);
        }

        return line;
    }

    private static MetricsLine Line(MetricsKind kind, RunStatus status) => new()
    {
        Kind = kind,
        Seconds = status.ElapsedSeconds,
        Transitions = status.Transitions,
        Updates = status.Updates,
    };
}
