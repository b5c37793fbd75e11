using System.Text;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>What a scene reports over the stats side channel comes to <c>metrics.jsonl</c> and TensorBoard.</summary>
public sealed class StatisticsTests
{
    [Test]
    public void Values_of_a_key_are_combined_as_the_scene_asks()
    {
        var totals = new StatisticTotals();
        foreach (StatisticAggregation aggregation in Enum.GetValues<StatisticAggregation>())
        {
            foreach (float value in new[] { 1, float.NaN, 2, 6 })
            {
                totals.Add(new PlayerStatistic(aggregation.ToString(), value, aggregation));
            }
        }

        Assert.That(totals.All.ToDictionary(total => total.Key, total => total.Combined), Is.EquivalentTo(new Dictionary<string, double>
        {
            ["Average"] = 3, ["MostRecent"] = 6, ["Sum"] = 9, ["Histogram"] = 3,
        }));
        Assert.That(totals.All.Single(total => total.Key == "Histogram").Values, Is.EqualTo(new[] { 1.0, 2.0, 6.0 }));
    }

    [Test]
    public void A_histogram_keeps_no_more_than_it_may()
    {
        var totals = new StatisticTotals();
        for (int i = 0; i < 3 * StatisticTotal.HistogramValues; i++)
        {
            totals.Add(new PlayerStatistic("a", i, StatisticAggregation.Histogram));
        }

        StatisticTotal total = totals.All.Single();
        total.Add(new StatisticTotal { Key = "a", Aggregation = StatisticAggregation.Histogram, Count = 1, Values = [1] });
        Assert.That(total.Values, Has.Count.EqualTo(StatisticTotal.HistogramValues));
        Assert.That(total.Count, Is.EqualTo((3 * StatisticTotal.HistogramValues) + 1));
    }

    [Test]
    public void Keys_without_end_are_cut_off_and_the_user_is_told()
    {
        var totals = new StatisticTotals();
        for (int key = 0; key < 3 * StatisticTotals.MostKeys; key++)
        {
            totals.Add(new PlayerStatistic($"{key}", 1, StatisticAggregation.Average));
            if (key % 700 == 0)
            {
                // Every few seconds the totals are passed on; the keys of a run are counted beyond that.
                totals.Clear();
            }
        }

        totals.Clear();
        for (int key = 0; key < 3 * StatisticTotals.MostKeys; key++)
        {
            totals.Add(new PlayerStatistic($"{key}", 1, StatisticAggregation.Average));
        }

        Assert.That(totals.Count, Is.EqualTo(StatisticTotals.MostKeys));
        Assert.That(totals.Refusal, Does.Contain($"'{StatisticTotals.MostKeys}' and others are left out"));
        var other = new StatisticTotals();
        other.Add(new PlayerStatistic(new string('k', StatisticTotals.LongestKey), 1, StatisticAggregation.Sum));
        Assert.That(other.Refusal, Is.Null);
        other.Add(new PlayerStatistic(new string('k', StatisticTotals.LongestKey + 1), 1, StatisticAggregation.Sum));
        Assert.That((other.Count, other.Refusal is null), Is.EqualTo((1, false)));
    }

    [Test]
    public void Workers_are_combined_but_for_the_most_recent_which_is_the_first_workers()
    {
        using var folder = new TemporaryFolder();
        Spool(folder.Path, 0, ("mean", 1, StatisticAggregation.Average), ("mean", 3, StatisticAggregation.Average),
            ("level", 2, StatisticAggregation.MostRecent));
        Spool(folder.Path, 1, ("mean", 8, StatisticAggregation.Average), ("level", 7, StatisticAggregation.MostRecent));
        Spool(folder.Path, 10, ("level", 9, StatisticAggregation.MostRecent));
        Spool(folder.Path, 0, ("level", 4, StatisticAggregation.MostRecent));
        File.WriteAllText(folder["0-1.json"], "half a fi");
        File.WriteAllText(folder["not-yet-renamed-0"], "half a fi");

        var totals = new StatisticTotals();
        StatisticSpool.Collect(folder.Path, totals);
        Assert.That(totals.All.Select(total => (total.Key, total.Combined)), Is.EqualTo(new[] { ("level", 4.0), ("mean", 4.0) }));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "not-yet-renamed-0" }), "what was read is gone");

        totals.Clear();
        StatisticSpool.Collect(folder.Path, totals);
        Assert.That(totals.Count, Is.Zero);
    }

    [Test]
    public void A_run_records_them_at_their_interval_and_at_its_end()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        string spool = RunFolder.StatisticsIn(run.Logs);
        using (var recorder = new MetricsRecorder(run, options))
        {
            var observer = new StatisticObserver(recorder, spool, interval: 100);
            observer.OnStatus(SyntheticRun.Status(0, 0), []);
            Spool(spool, 0, ("Scene/Falls", 1, StatisticAggregation.Sum), ("Scene/Heights", 3, StatisticAggregation.Histogram));
            observer.OnStatus(SyntheticRun.Status(50, 0), []);
            Spool(spool, 0, ("Scene/Falls", 1, StatisticAggregation.Sum));
            observer.OnStatus(SyntheticRun.Status(120, 0), []);
            Spool(spool, 0, ("Scene/Falls", 1, StatisticAggregation.Sum));
            observer.OnFinished(SyntheticRun.Summary(150));
            Assert.That(recorder.Warning, Is.Null);
        }

        MetricsLine[] lines = [.. MetricsFile.Read(run.Metrics)];
        Assert.That(lines.Select(line => (line.Kind, line.Transitions)),
            Is.EqualTo(new[] { (MetricsKind.Statistics, 120L), (MetricsKind.Statistics, 150L) }));
        Assert.That(lines[0].Statistics, Is.EquivalentTo(new Dictionary<string, double> { ["Scene/Falls"] = 2, ["Scene/Heights"] = 3 }));
        Assert.That(lines[1].Statistics, Is.EquivalentTo(new Dictionary<string, double> { ["Scene/Falls"] = 1 }));

        byte[] events = File.ReadAllBytes(Directory.GetFiles(run.BehaviorFolder, "events.out.tfevents.*").Single());
        // Summary.Value: the tag, then simple_value (field 2, 32 bits).
        byte[] point = [.. Encoding.UTF8.GetBytes("Scene/Falls"), 0x15, .. BitConverter.GetBytes(2f)];
        Assert.That(events.AsSpan().IndexOf(point), Is.GreaterThan(0));
        Assert.That(events.AsSpan().IndexOf("Scene/Heights_hist"u8), Is.GreaterThan(0));
    }

    private static void Spool(string folder, int worker, params (string Key, float Value, StatisticAggregation Aggregation)[] values)
    {
        var totals = new StatisticTotals();
        foreach ((string key, float value, StatisticAggregation aggregation) in values)
        {
            totals.Add(new PlayerStatistic(key, value, aggregation));
        }

        StatisticSpool.Write(folder, worker, totals.All);
    }
}
