using System.Text.RegularExpressions;
using System.Xml.Linq;
using Reacher.Fast.Core;
using Reacher.Fast.Runner.Configuration;
using Reacher.Fast.Runner.Reporting;
using Reacher.Fast.Runner.Reporting.Html;
using Reacher.Fast.Runner.Reporting.Metrics;

namespace Reacher.Fast.Runner.Tests.Reporting;

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
        Assert.That(Regex.Count(page, "<svg"), Is.EqualTo(12));
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

    [Test]
    public void A_run_without_any_line_has_a_page_too()
    {
        string page = Render([]);
        Assert.That(page, Does.Contain("No episode has ended yet.").And.Contain("not solved"));
    }

    [Test]
    public void One_evaluation_alone_has_a_page_too() => Assert.That(
        Render([new MetricsLine { Kind = MetricsKind.Evaluation, Seconds = 3, Transitions = 100, Episode = 1, Score = 0, WindowMean = 0, WindowCount = 1 }]),
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
    public void Names_are_escaped() =>
        Assert.That(HtmlReport.Render("<script>", [], RunConfiguration.Default(), new Dictionary<string, string> { ["<b>"] = "&" }), Does.Not.Contain("<script").And.Not.Contain("<b>"));

    [Test]
    public void A_million_points_do_not_make_a_heavy_page()
    {
        MetricsLine[] lines = [.. Enumerable.Range(0, 200_000).Select(i => new MetricsLine
        {
            Kind = MetricsKind.Progress, Seconds = i, Transitions = i, MeanQ = i == 77_777 ? 1000 : 1,
        })];
        string page = Render(lines);
        Assert.That(page, Has.Length.LessThan(60_000));
        Assert.That(Regex.IsMatch(page, @"points=""[^""]*,12[ ""]"), Is.True, "the one spike is still there, at the chart's top");
    }

    [Test]
    public void The_page_is_written_beside_the_metrics()
    {
        using var folder = new TemporaryFolder();
        RunConfiguration configuration = RunConfiguration.Default().With(RunKeys.ResultsDir, folder.Path).With(RunKeys.RunId, "a");
        using RunDirectory run = RunDirectory.Open(configuration);
        Assert.That(() => HtmlReport.Write(run, configuration), Throws.TypeOf<InputException>().With.Message.Contains("metrics"));
        using (var recorder = new MetricsRecorder(run, configuration))
        {
            recorder.Record(SyntheticRun.Lines()[0]);
        }

        Assert.That(HtmlReport.Write(run, configuration), Is.EqualTo(run.ReportFile));
        Assert.That(File.ReadAllText(run.ReportFile), Does.Contain(MachineDescription.Here()["Runtime"]));
        Assert.That(() => HtmlReport.Write(run, configuration, folder["none/page.html"]), Throws.TypeOf<InputException>());
    }

    [TestCase(0, 1, "0,0.2,0.4,0.6,0.8,1")]
    [TestCase(0, 800_000, "0,200k,400k,600k,800k")]
    [TestCase(-3.4, 0.1, "\u22124,\u22123,\u22122,\u22121,0,1")]
    [TestCase(0, 0.00031, "0,1e-4,2e-4,3e-4,4e-4")]
    [TestCase(5, 5, "4.4,4.6,4.8,5,5.2,5.4,5.6")]
    public void An_axis_has_round_ticks(double minimum, double maximum, string expected)
    {
        Axis axis = Axis.Over(AxisKind.Number, minimum, maximum, 5, tight: false);
        Assert.That(string.Join(',', axis.Ticks.Select(axis.Label)).Replace(".0", "", StringComparison.Ordinal), Is.EqualTo(expected));
    }

    [TestCase(100, "s")]
    [TestCase(1000, "min")]
    [TestCase(100_000, "h")]
    public void Time_has_the_unit_that_suits_it(double seconds, string unit) =>
        Assert.That(Axis.Over(AxisKind.Time, 0, seconds, 5, tight: true).Unit, Is.EqualTo(unit));

    private static string Render(IReadOnlyList<MetricsLine> lines) => HtmlReport.Render("arm-sac-1", lines, RunConfiguration.Default().With(RunKeys.Seed, 1), MachineDescription.Here());
}
