using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class RecordingReporterTests
{
    [Test]
    public void Every_evaluation_is_recorded_once_also_over_a_resumption()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Options with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var reporter = new RecordingReporter(new SilentReporter(), recorder, interval: 100, recordedEvaluations: 0);
            reporter.Show(Status(0, 0), []);
            reporter.Show(Status(50, 0), [1.0]);
            reporter.Show(Status(60, 1), [1.0, 3.0, 8.0]);
            reporter.Show(Status(150, 1), [1.0, 3.0, 8.0]);
        }

        using (var recorder = new MetricsRecorder(run, options))
        {
            new RecordingReporter(new SilentReporter(), recorder, interval: 100, recordedEvaluations: 3).Show(Status(160, 1), [1.0, 3.0, 8.0, 9.0]);
        }

        IReadOnlyList<MetricsLine> lines = MetricsFile.Read(run.Metrics);
        MetricsLine[] evaluations = [.. lines.Where(line => line.Kind == MetricsKind.Evaluation)];
        Assert.That(evaluations.Select(line => line.Score), Is.EqualTo(new[] { 1.0, 3.0, 8.0, 9.0 }));
        Assert.That(evaluations.Select(line => line.WindowMean), Is.EqualTo(new[] { 1.0, 2.0, 5.5, 8.5 }), "a window of 2");
        Assert.That(lines.Count(line => line.Kind == MetricsKind.Training), Is.EqualTo(1));
        Assert.That(lines.Where(line => line.Kind == MetricsKind.Progress).Select(line => line.Transitions), Is.EqualTo(new[] { 50, 150, 160 }));
    }

    [Test]
    public void Every_figure_has_its_own_field()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Options with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var reporter = new RecordingReporter(new SilentReporter(), recorder, interval: 100, recordedEvaluations: 0);
            reporter.Show(Status(0, 0), []);
            reporter.Show(
                Status(100, 1) with
                {
                    TrainingScore = 2,
                    TrainingScoreDeviation = 3,
                    TrainingEpisodeLength = 1001,
                    CriticLoss = 4,
                    Q1Loss = 3.5,
                    Q2Loss = 0.5,
                    PolicyLoss = 5,
                    MeanQ = 6,
                    MeanTarget = 7,
                    Entropy = 8,
                    EntropyCoefficient = 9,
                    LearningRate = 9.5,
                    CriticGradientNorm = 10,
                    PolicyGradientNorm = 11,
                    TransitionsPerSecond = 12,
                    UpdatesPerSecond = 13,
                    UpdateRatio = 14,
                },
                []);
        }

        MetricsLine expected = new() { Kind = MetricsKind.Training, Seconds = 10, Transitions = 100, Updates = 100, Episode = 1, Score = 2, Deviation = 3, EpisodeLength = 1001 };
        Assert.That(MetricsFile.Read(run.Metrics), Is.EqualTo(new[]
        {
            expected,
            new MetricsLine
            {
                Kind = MetricsKind.Progress, Seconds = 10, Transitions = 100, Updates = 100, CriticLoss = 4, Q1Loss = 3.5, Q2Loss = 0.5, PolicyLoss = 5, MeanQ = 6, MeanTarget = 7, Entropy = 8,
                EntropyCoefficient = 9, LearningRate = 9.5, CriticGradientNorm = 10, PolicyGradientNorm = 11, TransitionsPerSecond = 12, UpdatesPerSecond = 13, UpdateRatio = 14, ReplayRows = 100,
            },
        }));
    }

    internal static RunStatus Status(long transitions, long episodes) => new()
    {
        RunId = "a",
        Behavior = "Reacher",
        Phase = "training",
        ElapsedSeconds = transitions / 10.0,
        Transitions = transitions,
        Episodes = episodes,
        TrainingScore = 5,
        TrainingScoreDeviation = 1,
        TrainingEpisodeLength = 1001,
        Updates = transitions,
        TransitionsPerSecond = 1,
        UpdatesPerSecond = 1,
        ReplayRows = transitions,
        ReplayCapacity = 1000,
        UpdateRatio = 1,
        CriticLoss = 1,
        Q1Loss = 1,
        Q2Loss = 1,
        PolicyLoss = 1,
        MeanQ = 1,
        MeanTarget = 1,
        Entropy = 1,
        EntropyCoefficient = 1,
        LearningRate = 1,
        CriticGradientNorm = 1,
        PolicyGradientNorm = 1,
        EvaluationEpisodes = 0,
        EvaluationScore = 0,
        WindowMean = 0,
        WindowCount = 0,
        WindowSize = 2,
        Threshold = 30,
        Processes = [],
    };
}
