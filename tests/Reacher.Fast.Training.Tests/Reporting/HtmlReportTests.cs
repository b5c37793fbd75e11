using System.Text.RegularExpressions;
using System.Xml.Linq;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Html;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class HtmlReportTests
{
    private const string KeepPage = "REACHER_FAST_REPORT_PAGE";

    [Test]
    public void The_page_stands_alone_and_shows_the_run()
    {
        string page = Render(SyntheticRun.Lines());
        if (Environment.GetEnvironmentVariable(KeepPage) is { } path)
        {
            File.WriteAllText(path, page);
        }

        Assert.That(page, Does.Not.Match("https?://|<script|@import|url\\("), "nothing is fetched, nothing runs");
        Assert.That(page, Does.Contain("<span class=\"badge solved\">"));
        Assert.That(page, Does.Contain("prefers-color-scheme: dark"));
        Assert.That(Regex.Count(page, "<svg "), Is.EqualTo(13), "nine small ones, and two curves for wide and narrow windows");
        Assert.That(page, Does.Contain("learning_rate: 0.001"));
        Assert.That(page, Does.Contain("solved at 30"));
    }

    [Test]
    public void The_body_is_well_formed()
    {
        string page = Render(SyntheticRun.Lines());
        string body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.IndexOf("</body>", StringComparison.Ordinal) + 7)];
        Assert.That(() => XDocument.Parse(body.Replace("&nbsp;", " ", StringComparison.Ordinal)), Throws.Nothing);
        Assert.That(body, Does.Not.Contain("NaN").And.Not.Contain("\u221e"));
    }

    [TestCase(119.4, "119 s")]
    [TestCase(119.6, "2 min 00 s")]
    [TestCase(179.7, "3 min 00 s")]
    [TestCase(7169, "119 min 29 s")]
    [TestCase(7199.6, "2 h 00 min")]
    [TestCase(10_799, "3 h 00 min")]
    public void No_minute_has_sixty_seconds(double seconds, string shown)
    {
        MetricsLine line = new() { Kind = MetricsKind.Progress, Seconds = seconds, Transitions = 1, Updates = 1 };
        Assert.That(Render([line]), Does.Contain($"in {shown}<"));
    }

    [TestCase(200, 0.5)]
    [TestCase(19, 1000)]
    public void First_points_that_lie_far_off_do_not_flatten_the_rest(int points, double highest)
    {
        ChartPoint[] curve = [.. Enumerable.Range(0, points).Select(i => new ChartPoint(i, i < 3 ? 1000 : 0.5 - (0.001 * i)))];
        Assert.That(VerticalRange.Of([new ChartSeries("loss", 1, SeriesStyle.Line, curve)]).Highest, Is.EqualTo(highest).Within(0.03));
    }

    [Test]
    public void A_curve_that_falls_steadily_is_shown_whole()
    {
        ChartPoint[] curve = [.. Enumerable.Range(0, 100).Select(i => new ChartPoint(i, 100 - i))];
        Assert.That(VerticalRange.Of([new ChartSeries("loss", 1, SeriesStyle.Line, curve)]), Is.EqualTo((1.0, 100.0)));
    }

    [Test]
    public void A_run_without_any_line_has_a_page_too()
    {
        string page = Render([]);
        Assert.That(page, Does.Contain("No episode has ended yet.").And.Contain("not solved yet"));
    }

    [Test]
    public void One_evaluation_alone_has_a_page_too() => Assert.That(
        Render(
        [
            new MetricsLine
            {
                Kind = MetricsKind.Evaluation, Seconds = 3, Transitions = 100, Episode = 1, Score = 0, WindowMean = 0, WindowCount = 1,
            },
        ]),
        Does.Contain("<circle").And.Not.Contain("NaN"));

    [Test]
    public void A_window_that_is_not_full_solves_nothing()
    {
        MetricsLine[] lines = [.. Enumerable.Range(1, 99).Select(i => new MetricsLine
        {
            Kind = MetricsKind.Evaluation, Seconds = i, Transitions = i, Episode = i, Score = 40, WindowMean = 40, WindowCount = i,
        })];
        Assert.That(Render(lines), Does.Contain("not solved"));
    }

    [Test]
    public void A_run_that_went_back_to_a_checkpoint_is_drawn_as_it_went_on()
    {
        long[] transitions = [100, 200, 300, 150, 250, 350];
        MetricsLine[] lines = [.. transitions.Select((at, i) => new MetricsLine
        {
            Kind = MetricsKind.Progress, Seconds = i, Transitions = at, Updates = at, Figures = { ["mean_q"] = i },
        })];
        var figures = new RunFigures(lines, BuiltInTask.Arm.Sac);
        Assert.That(figures.Progress.Select(line => line.Transitions), Is.EqualTo(new[] { 100, 150, 250, 350 }));
        Assert.That(figures.Progress.Select(line => line.Figure("mean_q")), Is.EqualTo(new[] { 0, 3, 4, 5 }));
        Assert.That(figures.Updates, Is.EqualTo(350));
    }

    [Test]
    public void A_run_that_has_ended_shows_what_its_final_weights_score()
    {
        var summary = new RunSummary
        {
            RunId = "a", Outcome = "solved", Algorithm = "sac", ElapsedSeconds = 1, Episodes = 1, Transitions = 1, Updates = 1,
            EvaluationEpisodes = 1, WindowMean = 31, WindowCount = 100,
            FinalScore = 39.18, FinalDeviation = 0.2, FinalEpisodes = 100, TransitionsPerSecond = 1, UpdatesPerSecond = 1, Folder = "a",
        };
        Assert.That(Render(SyntheticRun.Lines(), summary),
            Does.Contain("<dt>Final weights</dt><dd>39.18<small>\u00b1 0.20 over 100 episodes")
                .Or.Contain("39.18<small>&#177; 0.20 over 100 episodes"));
        Assert.That(Render(SyntheticRun.Lines()), Does.Contain("Best evaluation"));
        Assert.That(Render([], summary), Does.Contain("not solved<"));
    }

    [Test]
    public void No_number_of_an_axis_is_cut_off_at_the_left()
    {
        MetricsLine[] lines = [.. Enumerable.Range(0, 9).Select(i => new MetricsLine
        {
            Kind = MetricsKind.Progress, Seconds = i, Transitions = i,
            Figures = { ["policy_loss"] = -1234.5 * i, ["entropy_coefficient"] = 0.002, ["mean_q"] = 1e-7 * i },
        })];
        MatchCollection labels = Regex.Matches(Render(lines), "<text class=\"tick\" x=\"([0-9.]+)\" y=\"[0-9.]+\" text-anchor=\"end\">([^<]+)<");
        Assert.That(labels, Has.Count.GreaterThan(6));
        foreach (Match label in labels)
        {
            double width = label.Groups[2].Value.Length * PageStyle.SmallChartFont * 0.62;
            Assert.That(double.Parse(label.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(width),
                label.Groups[2].Value);
        }
    }

    [TestCase(5)]
    [TestCase(29.9)]
    [TestCase(33)]
    public void The_threshold_s_name_is_not_cut_off_at_the_top(double score)
    {
        MetricsLine[] lines =
        [
            .. Enumerable.Range(1, 3).Select(i => new MetricsLine
            {
                Kind = MetricsKind.Evaluation, Seconds = i, Transitions = i, Episode = i, Score = score,
            }),
        ];
        MatchCollection names = Regex.Matches(Render(lines), "<text class=\"threshold\" x=\"[0-9.]+\" y=\"(-?[0-9.]+)\"");
        Assert.That(names, Has.Count.EqualTo(4), "two charts, each for two widths");
        Assert.That(names.Select(name => double.Parse(name.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
            Is.All.GreaterThanOrEqualTo(PageStyle.WideChartFont));
    }

    [Test]
    public void Machines_that_have_joined_have_a_table_and_none_without()
    {
        long[] rows = [100, 300, 50];
        MetricsLine[] lines = [.. rows.Select((count, i) => new MetricsLine
        {
            Kind = MetricsKind.Progress, Seconds = i, Transitions = i,
            Machines =
            [
                SyntheticRun.Machine("<node>", 1, count) with { WeightsBehind = i, Waiting = 10 * i, SilentSeconds = i },
                SyntheticRun.Machine("other", 0, 1000),
            ],
        })];
        string page = Render(lines);
        Assert.That(page, Does.Contain(
            "<tr><td>other</td><td>2</td><td>1,000</td><td>10</td><td>3</td><td>4</td><td>4</td><td>0.5 s</td></tr>\n" +
            "<tr><td>&lt;node&gt;</td><td>2</td><td>350</td><td>10</td><td>20</td><td>1</td><td>2</td><td>2.0 s</td></tr>\n"));
        Assert.That(Render(SyntheticRun.Lines()), Does.Not.Contain("Joined machines"));
    }

    [Test]
    public void Names_are_escaped() =>
        Assert.That(
            HtmlReport.Render("<script>", [], BuiltInTask.Arm.Sac, new Dictionary<string, string> { ["<b>"] = "&" }, summary: null),
            Does.Not.Contain("<script").And.Not.Contain("<b>"));

    [Test]
    public void A_million_points_do_not_make_a_heavy_page()
    {
        MetricsLine[] lines = [.. Enumerable.Range(0, 200_000).Select(i => new MetricsLine
        {
            Kind = MetricsKind.Progress, Seconds = i, Transitions = i, Figures = { ["mean_q"] = i == 77_777 ? 1000 : 1 },
        })];
        string page = Render(lines);
        Assert.That(page, Has.Length.LessThan(60_000));
        Assert.That(Regex.IsMatch(page, @"points=""[^""]*,12[ ""]"), Is.True, "the one spike is still there, at the chart's top");
    }

    [Test]
    public void The_page_is_written_beside_the_metrics()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        Assert.That(() => HtmlReport.Write(run, options), Throws.TypeOf<InputException>().With.Message.Contains("metrics"));
        using (var recorder = new MetricsRecorder(run, options))
        {
            recorder.Record(SyntheticRun.Lines()[0]);
        }

        Assert.That(HtmlReport.Write(run, options), Is.EqualTo(run.Report));
        Assert.That(File.ReadAllText(run.Report), Does.Contain(MachineDescription.Here()["Runtime"]));
        Assert.That(File.ReadAllText(run.Report), Does.Contain("400 agents"));
        Directory.CreateDirectory(run.Logs);
        RunPlanner.Plan(RunPlanner.Settle(options, TimeProvider.System), agentCount: 12, 33, 4).Save(run.Plan);
        HtmlReport.Write(run, options);
        Assert.That(File.ReadAllText(run.Report), Does.Contain("12 agents"), "as measured");
        Assert.That(() => HtmlReport.Write(run, options, folder["none/page.html"]), Throws.TypeOf<InputException>());
    }

    [TestCase(0, 1, "0,0.2,0.4,0.6,0.8,1.0")]
    [TestCase(0, 800_000, "0,200k,400k,600k,800k")]
    [TestCase(-3.4, 0.1, "\u22124,\u22123,\u22122,\u22121,0,1")]
    [TestCase(0, 0.00031, "0,1e-4,2e-4,3e-4,4e-4")]
    [TestCase(0, 0.001, "0,0.0002,0.0004,0.0006,0.0008,0.0010")]
    [TestCase(0, 10_000, "0,2k,4k,6k,8k,10k")]
    [TestCase(5, 5, "4.4,4.6,4.8,5.0,5.2,5.4,5.6")]
    public void An_axis_has_round_ticks(double minimum, double maximum, string expected)
    {
        Axis axis = Axis.Over(AxisKind.Number, minimum, maximum, 5, tight: false);
        Assert.That(string.Join(',', axis.Ticks.Select(axis.Label)), Is.EqualTo(expected));
    }

    [TestCase(100, "s")]
    [TestCase(1000, "min")]
    [TestCase(100_000, "h")]
    public void Time_has_the_unit_that_suits_it(double seconds, string unit) =>
        Assert.That(Axis.Over(AxisKind.Time, 0, seconds, 5, tight: true).Unit, Is.EqualTo(unit));

    private static string Render(IReadOnlyList<MetricsLine> lines, RunSummary? summary = null) =>
        HtmlReport.Render("arm-sac-1", lines, BuiltInTask.Arm.Sac with { Seed = 1 }, MachineDescription.Here(), summary);
}
