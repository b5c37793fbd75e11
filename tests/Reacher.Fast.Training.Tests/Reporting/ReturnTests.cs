using System.Runtime.InteropServices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>Every agent's episode comes to TensorBoard's histogram of returns, once.</summary>
public sealed class ReturnTests
{
    [Test]
    public void Each_agent_s_episode_counts_when_it_ends_and_begins_anew()
    {
        var returns = new EpisodeReturns(3);
        Assert.That(Step(returns, [1, 2, 3]), Is.Empty);
        Assert.That(Step(returns, [1, 2, 3], terminated: [true, false, false]), Is.EqualTo(new[] { 2.0 }));
        Assert.That(Step(returns, [5, 2, 3], terminated: [true, false, false], truncated: [false, false, true]),
            Is.EqualTo(new[] { 5.0, 9.0 }), "the first agent's second episode counts too");
        Assert.That(Step(returns, [1, 2, 3], lost: [false, true, false]), Is.Empty, "a gap is no end");
        Assert.That(Step(returns, [1, 2, 3], truncated: [true, true, true], lost: [true, true, true]),
            Is.EqualTo(new[] { 2.0, 10.0, 6.0 }), "an end whose successor is lost is one");

        Step(returns, [1, 1, 1]);
        returns.Forget();
        Assert.That(Step(returns, [1, 2, 3], truncated: [true, true, true]), Is.EqualTo(new[] { 1.0, 2.0, 3.0 }),
            "what was under way at a reset is forgotten");
    }

    [Test]
    public void A_return_ends_with_its_agent_when_the_row_is_given_up()
    {
        var returns = new EpisodeReturns(2);
        Step(returns, [7, 1]);
        Step(returns, [0, 1], lost: [true, false], activity: [RowActivity.Vacant, RowActivity.Acted]);
        Assert.That(Step(returns, [3, 1], truncated: [true, true]), Is.EqualTo(new[] { 3.0, 3.0 }), "the next agent's own");
        Assert.That(Step(returns, [0, 0], truncated: [true, false], activity: [RowActivity.Vacant, RowActivity.Acted]), Is.Empty);
    }

    [Test]
    public void The_score_of_all_agents_forgets_what_was_under_way_at_a_reset_too()
    {
        var scores = new EpisodeScores(2);
        Assert.That(Score(scores, [10, 10], truncated: [true, false]), Is.False);
        scores.Forget();
        Assert.That(Score(scores, [1, 2], truncated: [false, true]), Is.False, "nor does an end before the reset count");
        Assert.That(Score(scores, [1, 2], truncated: [true, false]), Is.True);
        Assert.That((scores.LastMean, scores.LastDeviation, scores.LastLength), Is.EqualTo((2.0, 0.0, 1.5)));
    }

    [Test]
    public void An_agent_that_skips_messages_earns_its_score_in_one_episode()
    {
        var scores = new EpisodeScores(2);
        for (int message = 1; message <= 8; message++)
        {
            bool asks = message % 2 == 0, ends = message == 8;
            bool ended = Score(
                scores, [1, asks ? 2 : 0], truncated: [ends, ends], lost: [false, true], activity: [RowActivity.Acted, RowActivity.Idle]);
            Assert.That(ended, Is.EqualTo(ends));
        }

        Assert.That((scores.LastMean, scores.LastDeviation, scores.LastLength, scores.Episodes), Is.EqualTo((8.0, 0.0, 8.0, 1L)));
    }

    [Test]
    public void No_episode_waits_for_a_vacant_row_and_its_agent_takes_no_part()
    {
        var scores = new EpisodeScores(2);
        RowActivity[] gone = [RowActivity.Acted, RowActivity.Vacant];
        bool[] one = [true, false];
        Assert.That(Score(scores, [4, 2], terminated: [false, true]), Is.False, "one of two goes on");
        Assert.That(Score(scores, [4, 0], truncated: one, lost: [false, true], activity: gone), Is.True);
        Assert.That(scores.LastMean, Is.EqualTo(5), "8 and 2: the one that is gone ended an episode since the last count");
        Score(scores, [4, 0], lost: [false, true], activity: gone);
        Assert.That(Score(scores, [4, 0], truncated: one, lost: [false, true], activity: gone), Is.True);
        Assert.That((scores.LastMean, scores.LastDeviation, scores.LastLength), Is.EqualTo((8.0, 0.0, 2.0)));

        Score(scores, [1, 3]);
        Assert.That(Score(scores, [0, 0], activity: [RowActivity.Vacant, RowActivity.Vacant]), Is.False, "nobody is there, and nobody has ended");
        Assert.That(Score(scores, [1, 3], truncated: [true, true]), Is.True);
        Assert.That(scores.LastMean, Is.EqualTo(2), "what the agents before had earned is none of theirs");
    }

    [Test]
    public void A_step_and_an_append_allocate_nothing()
    {
        using var folder = new TemporaryFolder();
        using var log = new ReturnLog(folder.Path, 0);
        var returns = new EpisodeReturns(20);
        float[] rewards = new float[20];
        bool[] ends = new bool[20], none = new bool[20];
        RowActivity[] activity = new RowActivity[20];
        ends[3] = ends[7] = true;
        Run(3);
        Assert.That(Allocations.Of(() => Run(1000)), Is.Zero);
        Assert.That(new FileInfo(RunFolder.ReturnsIn(folder.Path, 0)).Length, Is.EqualTo(1003 * 2 * sizeof(double)));

        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                returns.Add(new VectorStep([], [], rewards, ends, none, none, activity));
                log.Append(returns.Ended);
            }
        }
    }

    [Test]
    public void A_reader_gets_what_all_processes_append_once_and_not_what_was_there_before()
    {
        using var folder = new TemporaryFolder();
        Append(folder.Path, 0, 1, 2);
        var reader = new ReturnReader(folder.Path);
        Assert.That(Collect(reader), Is.Empty, "those before recorded it");

        Append(folder.Path, 0, 3);
        Append(folder.Path, 10, 4, 5);
        Assert.That(Collect(reader), Is.EquivalentTo(new[] { 3.0, 4.0, 5.0 }));
        Assert.That(Collect(reader), Is.Empty);

        File.AppendAllText(RunFolder.ReturnsIn(folder.Path, 0), "half");
        Assert.That(Collect(reader), Is.Empty, "a number that is not whole yet");
        Append(folder.Path, 0, 6);
        Assert.That(Collect(reader), Is.EqualTo(new[] { 6.0 }), "a writer started again goes on behind the last whole number");
        Assert.That(MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(RunFolder.ReturnsIn(folder.Path, 0))).ToArray(),
            Is.EqualTo(new[] { 1.0, 2.0, 3.0, 6.0 }));
    }

    [Test]
    public void A_log_that_cannot_be_written_costs_the_run_nothing()
    {
        using var folder = new TemporaryFolder();
        using var log = new ReturnLog(folder["not there"], 0);
        Assert.That(() => log.Append([1.0]), Throws.Nothing);
        Assert.That(Collect(new ReturnReader(folder["not there"])), Is.Empty);
    }

    [Test]
    public void A_run_records_a_histogram_at_its_interval_and_at_its_end()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var observer = new ReturnObserver(recorder, run.Logs, interval: 100);
            observer.OnStatus(SyntheticRun.Status(0, 0), []);
            Append(run.Logs, 0, 1, 2, 6);
            observer.OnStatus(SyntheticRun.Status(50, 1), []);
            Append(run.Logs, 1, 3);
            observer.OnStatus(SyntheticRun.Status(120, 2), []);
            observer.OnStatus(SyntheticRun.Status(230, 2), []);
            Append(run.Logs, 0, 7);
            observer.OnFinished(SyntheticRun.Summary(240));
            Assert.That(recorder.Warning, Is.Null);
        }

        EventPoint[] all = Events.Points(run.BehaviorFolder), points = [.. all.Where(point => point.Tag == "Environment/Cumulative Reward_hist")];
        Assert.That(
            points.Select(point => (point.Step, point.Histogram!.Count, point.Histogram.Sum, point.Histogram.Minimum, point.Histogram.Maximum)),
            Is.EqualTo(new[] { (120L, 4.0, 12.0, 1.0, 6.0), (240L, 1.0, 7.0, 7.0, 7.0) }), "an interval without episodes has no point");
        foreach (string tag in new[] { "Environment/Cumulative Reward", "Policy/Extrinsic Reward" })
        {
            Assert.That(all.Where(point => point.Tag == tag).Select(point => (point.Step, point.Value)),
                Is.EqualTo(new[] { (120L, 3.0), (240L, 7.0) }), tag);
        }
    }

    private static double[] Step(
        EpisodeReturns returns, float[] rewards, bool[]? terminated = null, bool[]? truncated = null, bool[]? lost = null,
        RowActivity[]? activity = null)
    {
        returns.Add(StepOf(rewards, terminated, truncated, lost, activity));
        return returns.Ended.ToArray();
    }

    private static bool Score(
        EpisodeScores scores, float[] rewards, bool[]? terminated = null, bool[]? truncated = null, bool[]? lost = null,
        RowActivity[]? activity = null) =>
        scores.Add(StepOf(rewards, terminated, truncated, lost, activity));

    private static VectorStep StepOf(float[] rewards, bool[]? terminated, bool[]? truncated, bool[]? lost, RowActivity[]? activity)
    {
        bool[] none = new bool[rewards.Length];
        return new VectorStep(
            [], [], rewards, terminated ?? none, truncated ?? none, lost ?? none, activity ?? new RowActivity[rewards.Length]);
    }

    private static void Append(string folder, int worker, params double[] returns)
    {
        using var log = new ReturnLog(folder, worker);
        log.Append(returns);
    }

    private static List<double> Collect(ReturnReader reader)
    {
        var returns = new List<double>();
        reader.Collect(returns);
        return returns;
    }
}
