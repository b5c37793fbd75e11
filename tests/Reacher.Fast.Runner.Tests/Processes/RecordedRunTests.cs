using System.Runtime.InteropServices;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting.Metrics;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>What a whole run leaves in <c>metrics.jsonl</c> and in TensorBoard's event file, in one process and in several.</summary>
[NonParallelizable]
public sealed class RecordedRunTests
{
    /// <summary>Of ML-Agents' SAC; but Discrete Entropy Coeff, there being no discrete actions, and Lesson Number, there being no curricula.</summary>
    private static readonly string[] MlAgentsTags =
    [
        "Environment/Cumulative Reward", "Environment/Cumulative Reward_hist", "Environment/Episode Length", "Policy/Entropy", "Policy/Extrinsic Value",
        "Policy/Extrinsic Reward", "Policy/Learning Rate", "Policy/Continuous Entropy Coeff", "Losses/Policy Loss", "Losses/Value Loss", "Losses/Q1 Loss",
        "Losses/Q2 Loss", "Is Training", "Hyperparameters/text_summary",
    ];

    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [TestCase(true)]
    [TestCase(false)]
    public void A_run_records_what_the_learner_and_the_environment_measure(bool inProcess)
    {
        using (RunnerProcess run = Train(results, "g", "--num-agents", "4", "--max-steps", "8500", "--summary-freq", "1000", inProcess ? "--in-process" : "--no-stop"))
        {
            Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        }

        IReadOnlyList<MetricsLine> lines = MetricsFile.Read(Path.Combine(results, "g", "metrics.jsonl"));
        MetricsLine progress = lines.Last(line => line.Kind == MetricsKind.Progress);
        Assert.That(
            new[] { progress.CriticLoss, progress.Q1Loss, progress.Q2Loss, progress.EntropyCoefficient, progress.CriticGradientNorm, progress.PolicyGradientNorm, progress.UpdateRatio },
            Is.All.Positive);
        Assert.That(progress.Q1Loss, Is.Not.EqualTo(progress.Q2Loss));
        if (inProcess)
        {
            // Between processes the figures are read while the learner writes them, so one line may mix two updates.
            Assert.That(progress.Q1Loss + progress.Q2Loss, Is.EqualTo(progress.CriticLoss).Within(1e-4).Percent);
        }

        Assert.That(new[] { progress.MeanQ, progress.MeanTarget, progress.Entropy, progress.PolicyLoss }, Is.All.Not.Null.And.All.Not.EqualTo(0));
        Assert.That(lines.First(line => line.Kind == MetricsKind.Training).EpisodeLength, Is.EqualTo(LockstepTraining.SegmentSteps));

        EventPoint[] points = Events.Points(Path.Combine(results, "g", "Reacher"));
        Assert.That(points.Select(point => point.Tag), Is.SupersetOf(MlAgentsTags));
        (string Tag, double? Value)[] last =
        [
            ("Losses/Value Loss", progress.CriticLoss), ("Losses/Q1 Loss", progress.Q1Loss), ("Losses/Q2 Loss", progress.Q2Loss), ("Losses/Policy Loss", progress.PolicyLoss),
            ("Policy/Extrinsic Value", progress.MeanQ), ("Policy/Entropy", progress.Entropy), ("Policy/Continuous Entropy Coeff", progress.EntropyCoefficient),
            ("Policy/Learning Rate", progress.LearningRate),
        ];
        foreach ((string tag, double? value) in last)
        {
            Assert.That(points.Last(point => point.Tag == tag), Is.EqualTo(new EventPoint(progress.Transitions, tag, (float)value!.Value, null)));
        }

        AssertReturns(points, lines, inProcess);
    }

    // Every agent's episode is in one histogram, and in one only.
    private void AssertReturns(EventPoint[] points, IReadOnlyList<MetricsLine> lines, bool inProcess)
    {
        EventPoint[] histograms = [.. points.Where(point => point.Tag == "Environment/Cumulative Reward_hist")];
        double[] returns = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(results, "g", "run_logs", "returns-0.f64"))).ToArray();
        using ControlBlock control = Control(results, "g");
        Assert.That(returns, Has.Length.EqualTo(4 * control.TotalEpisodes).And.Length.AtLeast(8));
        Assert.That(returns, Is.All.InRange(0, 40.04 + 1e-3), "an arm's return");
        Assert.That(histograms.Sum(point => point.Histogram!.Count), Is.EqualTo(returns.Length));
        Assert.That(histograms.Sum(point => point.Histogram!.Sum), Is.EqualTo(returns.Sum()).Within(1e-9));
        Assert.That(histograms.Min(point => point.Histogram!.Minimum), Is.EqualTo(returns.Min()));
        Assert.That(histograms.Max(point => point.Histogram!.Maximum), Is.EqualTo(returns.Max()));
        Assert.That(histograms.Select(point => point.Step), Is.Ordered.And.Unique);
        Assert.That(
            points.Where(point => point.Tag == "Environment/Cumulative Reward").Select(point => (point.Step, point.Value)),
            Is.EqualTo(histograms.Select(point => (point.Step, (double)(float)(point.Histogram!.Sum / point.Histogram.Count)))));
        if (inProcess)
        {
            // Here no episode goes by unseen, so each has a line with the mean over its agents.
            double[] scores = [.. lines.Where(line => line.Kind == MetricsKind.Training).Select(line => line.Score!.Value)];
            Assert.That(scores, Is.EqualTo(returns.Chunk(4).Select(episode => episode.Average())).Within(1e-9));
            Assert.That(histograms, Has.Length.EqualTo(scores.Length), "each episode is longer than the interval");
        }
    }
}
