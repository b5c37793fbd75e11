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
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [TestCase(true)]
    [TestCase(false)]
    public void A_run_records_what_the_learner_and_the_environment_measure(bool inProcess)
    {
        using (RunnerProcess run = Train(
            results, "g", "--num-agents", "4", "--max-steps", "8500", "--summary-freq", "1000", inProcess ? "--in-process" : "--no-stop"))
        {
            Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        }

        IReadOnlyList<MetricsLine> lines = MetricsFile.Read(Path.Combine(results, "g", "metrics.jsonl"));
        MetricsLine progress = lines.Last(line => line.Kind == MetricsKind.Progress);
        foreach (string name in new[]
        {
            "critic_loss", "q1_loss", "q2_loss", "entropy_coefficient", "critic_gradient_norm", "policy_gradient_norm", "update_ratio",
        })
        {
            Assert.That(progress.Figure(name), Is.Positive, name);
        }

        double first = progress.Figure("q1_loss")!.Value, second = progress.Figure("q2_loss")!.Value;
        Assert.That(first, Is.Not.EqualTo(second));
        if (inProcess)
        {
            // Between processes the figures are read while the learner writes them, so one line may mix two updates.
            Assert.That(first + second, Is.EqualTo(progress.Figure("critic_loss")).Within(1e-4).Percent);
        }

        foreach (string name in new[] { "mean_q", "mean_target", "entropy", "policy_loss" })
        {
            Assert.That(progress.Figure(name), Is.Not.Null.And.Not.EqualTo(0), name);
        }

        Assert.That(lines.First(line => line.Kind == MetricsKind.Training).EpisodeLength, Is.EqualTo(LockstepTraining.SegmentSteps));

        EventPoint[] points = Events.Points(Path.Combine(results, "g", "Reacher"));
        Assert.That(points.Select(point => point.Tag), Is.SupersetOf(MlAgentsTags.OfSac));
        (string Tag, string Name)[] last =
        [
            ("Losses/Value Loss", "critic_loss"), ("Losses/Q1 Loss", "q1_loss"), ("Losses/Q2 Loss", "q2_loss"), ("Losses/Policy Loss", "policy_loss"),
            ("Policy/Extrinsic Value", "mean_q"), ("Policy/Entropy", "entropy"), ("Policy/Continuous Entropy Coeff", "entropy_coefficient"),
            ("Policy/Learning Rate", "learning_rate"),
        ];
        foreach ((string tag, string name) in last)
        {
            var expected = new EventPoint(progress.Transitions, tag, (float)progress.Figure(name)!.Value, null);
            Assert.That(points.Last(point => point.Tag == tag), Is.EqualTo(expected));
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
