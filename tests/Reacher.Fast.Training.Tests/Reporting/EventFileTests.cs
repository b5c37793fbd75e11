using Reacher.Fast.Training.Reporting.TensorBoard;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class EventFileTests
{
    [Test]
    public void An_independent_parser_reads_back_what_was_written()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var events = new EventFile(folder.Path))
        {
            path = events.Path;
            events.Scalars(1000, ("Environment/Cumulative Reward", 12.5), ("Losses/Policy Loss", -0.25), ("Policy/Entropy", double.NaN));
            events.Text(0, "Hyperparameters", "learning_rate: 0.001");
            events.Histogram(2000, "Environment/Cumulative Reward_hist", [1, 2, 3, 4]);
            events.Histogram(2000, "nothing", []);
        }

        List<Dictionary<int, List<object>>> records = Events.ReadRecords(path);

        Assert.That(Path.GetFileName(path), Does.Match(@"^events\.out\.tfevents\.\d{10}\."));
        Assert.That(records, Has.Count.EqualTo(4));
        Assert.That(Events.Text(records[0][3][0]), Is.EqualTo("brain.Event:2"));
        Assert.That(records[1][2][0], Is.EqualTo(1000UL));
        Dictionary<int, List<object>> summary = Events.Message(records[1][5][0]);
        Assert.That(summary[1], Has.Count.EqualTo(2), "what is not a number is left out");
        Assert.That(Events.Text(Events.Message(summary[1][0])[1][0]), Is.EqualTo("Environment/Cumulative Reward"));
        Assert.That(Events.Message(summary[1][0])[2][0], Is.EqualTo(12.5f));
        Assert.That(Events.Message(summary[1][1])[2][0], Is.EqualTo(-0.25f));

        Dictionary<int, List<object>> text = Events.Message(Events.Message(records[2][5][0])[1][0]);
        Assert.That(Events.Text(text[1][0]), Is.EqualTo("Hyperparameters/text_summary"));
        Assert.That(Events.Text(Events.Message(Events.Message(text[9][0])[1][0])[1][0]), Is.EqualTo("text"));
        Assert.That(Events.Message(text[8][0])[1][0], Is.EqualTo(7UL), "DT_STRING");
        Assert.That(Events.Text(Events.Message(text[8][0])[8][0]), Is.EqualTo("learning_rate: 0.001"));

        EventHistogram histogram = Events.PointsOf(path).Single(point => point.Tag == "Environment/Cumulative Reward_hist").Histogram!;
        Assert.That(histogram, Is.EqualTo(new EventHistogram(1, 4, 4, 10, 30, histogram.Limits, histogram.Buckets)));
    }

    [TestCase(new[] { 0.0, 0.12, 3.4, 39.5, 39.5, 40.04 })]
    [TestCase(new[] { -7.25, -7.25, -7.25 })]
    [TestCase(new[] { 1e9 })]
    [TestCase(new[] { -1e-30, 1e-30 })]
    public void A_histogram_s_buckets_hold_every_value_once(double[] values)
    {
        using var folder = new TemporaryFolder();
        using (var events = new EventFile(folder.Path))
        {
            events.Histogram(7, "h", values);
        }

        EventPoint point = Events.Points(folder.Path).Single();
        EventHistogram histogram = point.Histogram!;
        Assert.That((point.Step, histogram.Count, histogram.Sum, histogram.SumOfSquares),
            Is.EqualTo((7L, (double)values.Length, values.Sum(), values.Sum(value => value * value))));
        Assert.That((histogram.Minimum, histogram.Maximum), Is.EqualTo((values.Min(), values.Max())));
        Assert.That(histogram.Limits, Has.Length.EqualTo(histogram.Buckets.Length).And.Ordered.And.Unique);
        Assert.That(histogram.Limits[^1], Is.GreaterThanOrEqualTo(histogram.Maximum));
        for (int i = 0; i < histogram.Limits.Length; i++)
        {
            // The limits' own rounding may put a value that lies on one to either side.
            double slack = 1e-12 * Math.Max(1, values.Max(Math.Abs)), from = i == 0 ? histogram.Minimum : histogram.Limits[i - 1],
                to = histogram.Limits[i];
            Assert.That(histogram.Buckets[i], Is.LessThanOrEqualTo(values.Count(value => value >= from - slack && value <= to + slack)),
                $"bucket {i}");
        }

        Assert.That(histogram.Buckets.Sum(), Is.EqualTo(values.Length));
    }

    [Test]
    public void A_flipped_bit_is_noticed_by_the_parser()
    {
        using var folder = new TemporaryFolder();
        using var events = new EventFile(folder.Path);
        events.Dispose();
        byte[] bytes = File.ReadAllBytes(events.Path);
        bytes[20] ^= 1;
        File.WriteAllBytes(folder["damaged"], bytes);
        Assert.That(() => Events.ReadRecords(folder["damaged"]), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_second_file_in_the_same_second_has_another_name()
    {
        using var folder = new TemporaryFolder();
        using var first = new EventFile(folder.Path, new StoppedClock());
        using var second = new EventFile(folder.Path, new StoppedClock());
        Assert.That(second.Path, Is.Not.EqualTo(first.Path));
    }

    [Test]
    public void A_live_file_can_be_read_after_every_record()
    {
        using var folder = new TemporaryFolder();
        using var events = new EventFile(folder.Path);
        for (int step = 1; step <= 5; step++)
        {
            events.Scalars(step, ("x", step));
            Assert.That(Events.ReadRecords(events.Path), Has.Count.EqualTo(step + 1));
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000);
    }
}
