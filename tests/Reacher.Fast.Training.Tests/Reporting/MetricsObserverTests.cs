using System.Text;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class MetricsObserverTests
{
    [Test]
    public void Every_evaluation_is_recorded_once_also_over_a_resumption()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var observer = new MetricsObserver(recorder, interval: 100, recordedEvaluations: 0);
            observer.OnStatus(SyntheticRun.Status(0, 0), []);
            observer.OnStatus(SyntheticRun.Status(50, 0), [1.0]);
            observer.OnStatus(SyntheticRun.Status(60, 1), [1.0, 3.0, 8.0]);
            observer.OnStatus(SyntheticRun.Status(150, 1), [1.0, 3.0, 8.0]);
        }

        using (var recorder = new MetricsRecorder(run, options))
        {
            var observer = new MetricsObserver(recorder, interval: 100, recordedEvaluations: 3);
            observer.OnStatus(SyntheticRun.Status(160, 1), [1.0, 3.0, 8.0, 9.0]);
        }

        IReadOnlyList<MetricsLine> lines = MetricsFile.Read(run.Metrics);
        MetricsLine[] evaluations = [.. lines.Where(line => line.Kind == MetricsKind.Evaluation)];
        Assert.That(evaluations.Select(line => line.Score), Is.EqualTo(new[] { 1.0, 3.0, 8.0, 9.0 }));
        Assert.That(evaluations.Select(line => line.WindowMean), Is.EqualTo(new[] { 1.0, 2.0, 5.5, 8.5 }), "a window of 2");
        Assert.That(lines.Count(line => line.Kind == MetricsKind.Training), Is.EqualTo(1));
        Assert.That(lines.Where(line => line.Kind == MetricsKind.Progress).Select(line => line.Transitions), Is.EqualTo(new[] { 50, 150, 160 }));
    }

    [Test]
    public void Machines_that_have_joined_stand_in_the_lines_of_progress()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        JoinedStatus machine = SyntheticRun.Machine("node", 1, 100);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var observer = new MetricsObserver(recorder, interval: 100, recordedEvaluations: 0);
            observer.OnStatus(SyntheticRun.Status(100, 0), []);
            observer.OnStatus(SyntheticRun.Status(200, 0) with { Machines = [machine] }, []);
        }

        IReadOnlyList<MetricsLine> lines = MetricsFile.Read(run.Metrics);
        Assert.That(lines.Select(line => line.Machines), Is.EqualTo(new JoinedStatus[]?[] { null, [machine] }));
        Assert.That(File.ReadAllLines(run.Metrics)[0], Does.Not.Contain("machines"));
        byte[] events = File.ReadAllBytes(Directory.GetFiles(run.BehaviorFolder, "events.out.tfevents.*").Single());
        Assert.That(Encoding.Latin1.GetString(events), Does.Contain("Machines/node 1 Rows per Second").And.Contain("Machines/node 1 Weights Behind"));
    }

    [Test]
    public void Every_figure_has_its_own_key()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var observer = new MetricsObserver(recorder, interval: 100, recordedEvaluations: 0);
            observer.OnStatus(SyntheticRun.Status(0, 0), []);
            observer.OnStatus(
                SyntheticRun.Status(100, 1) with
                {
                    TrainingScore = 2,
                    TrainingScoreDeviation = 3,
                    TrainingEpisodeLength = 1001,
                    Figures = [4, 3.5, 0.5, 6, 7, 5, 8, 9, 10, 11],
                    LearningRate = 9.5,
                    TransitionsPerSecond = 12,
                    UpdatesPerSecond = 13,
                    UpdateRatio = 14,
                },
                []);
        }

        Assert.That(File.ReadAllLines(run.Metrics), Is.EqualTo(new[]
        {
            """{"kind":"training","seconds":10,"transitions":100,"updates":100,"episode":1,"score":2,"deviation":3,"episode_length":1001}""",
            """{"kind":"progress","seconds":10,"transitions":100,"updates":100,"critic_loss":4,"q1_loss":3.5,"q2_loss":0.5,"policy_loss":5""" +
            ""","mean_q":6,"mean_target":7,"entropy":8,"entropy_coefficient":9,"learning_rate":9.5,"critic_gradient_norm":10""" +
            ""","policy_gradient_norm":11,"transitions_per_second":12,"updates_per_second":13,"update_ratio":14,"replay_rows":100}""",
        }));
        IEnumerable<EventPoint> points = Events.Points(run.BehaviorFolder).Where(point => point.Step == 100);
        Assert.That(points.Select(point => (point.Tag, point.Value)), Is.EqualTo(new[]
        {
            ("Environment/Episode Length", 1001), ("Losses/Value Loss", 4), ("Losses/Q1 Loss", 3.5), ("Losses/Q2 Loss", 0.5),
            ("Losses/Policy Loss", 5), ("Policy/Extrinsic Value", 6), ("Policy/Target Value", 7), ("Policy/Entropy", 8),
            ("Policy/Continuous Entropy Coeff", 9), ("Policy/Learning Rate", 9.5), ("Gradients/Critic Norm", 10), ("Gradients/Policy Norm", 11),
            ("Rates/Transitions per Second", 12), ("Rates/Updates per Second", 13), ("Rates/Updates per Transition", 14), ("Replay/Rows", 100),
        }));
        MetricsLine read = MetricsFile.Read(run.Metrics)[1];
        Assert.That(
            ProgressFigures.All.Select(figure => read.Figure(figure.Figure.Name)),
            Is.EqualTo(new[] { 4, 3.5, 0.5, 5, 6, 7, 8, 9, 9.5, 10, 11, 12, 13, 14, 100 }));
    }

    [Test]
    public void What_is_not_a_number_is_left_out()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            new MetricsObserver(recorder, interval: 100, recordedEvaluations: 0).OnStatus(
                SyntheticRun.Status(100, 0) with { LearningRate = double.NaN, UpdateRatio = double.PositiveInfinity }, []);
        }

        MetricsLine line = MetricsFile.Read(run.Metrics).Single();
        Assert.That(line.Figures.Keys, Has.No.Member("learning_rate").And.No.Member("update_ratio").And.Member("critic_loss"));
    }
}
