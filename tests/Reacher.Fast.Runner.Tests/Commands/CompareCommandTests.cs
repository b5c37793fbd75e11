using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Reacher.Fast.Commands;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Html;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Runner.Tests.Commands;

[NonParallelizable]
public sealed class CompareCommandTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Test]
    public void A_row_is_a_run()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "learned", seed: 3, SyntheticRun.Lines());
        MakeRun(folder, "short", seed: 4, SyntheticRun.Lines(trainingEpisodes: 2));
        (int code, string output, _) = Run("compare", "learned", "short", "--results-dir", folder.Path);
        string[] lines = output.TrimEnd().Split('\n');
        Assert.That(code, Is.EqualTo(ExitCodes.Done));
        Assert.That(lines, Has.Length.EqualTo(4), "two lines of heading, one a run");
        RunFigures figures = new(SyntheticRun.Lines(), BuiltInTask.Arm.Sac);
        string[] learned = ["learned", "sac", "3", "30", .. Of(figures, figures.FirstAtThreshold!.Last), .. Of(figures, figures.Solved!), "-"];
        Assert.That(Cells(lines[2]), Is.EqualTo(learned));
        Assert.That(Cells(lines[3]), Is.EqualTo(new[] { "short", "sac", "4", "30", "-", "-", "-", "-", "-", "-", "-" }));

        static string[] Of(RunFigures figures, MetricsLine line) =>
        [
            line.Seconds.ToString("F1", CultureInfo.InvariantCulture),
            figures.EpisodesBy(line).ToString("N0", CultureInfo.InvariantCulture),
            line.Transitions.ToString("N0", CultureInfo.InvariantCulture),
        ];
    }

    [Test]
    public void The_summary_of_a_run_that_has_ended_gives_milestones_and_the_final_score()
    {
        using var folder = new TemporaryFolder();
        RunSummary summary = SyntheticRun.Summary(1) with
        {
            FirstAtThreshold = new Milestone(5, 100_160, 64.74, 36.09),
            Solved = new Milestone(6, 137_380, 85.66, 35.89),
            FinalScore = 39.4167,
            FinalDeviation = 0.04,
        };
        MakeRun(folder, "ended", seed: 1, SyntheticRun.Lines(), summary);
        string output = Run("compare", "ended", "--results-dir", folder.Path).Output;
        Assert.That(Cells(output.TrimEnd().Split('\n')[^1]), Is.EqualTo(
            new[] { "ended", "sac", "1", "30", "64.7", "5", "100,160", "85.7", "6", "137,380", "39.42" }));
    }

    [Test]
    public void Json_is_one_record()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "a", seed: 3, SyntheticRun.Lines());
        MakeRun(folder, "b", seed: 4, SyntheticRun.Lines(trainingEpisodes: 2));
        string output = Run("compare", "a", "b", "--results-dir", folder.Path, "--json", "-o", folder["c.svg"]).Output;
        Assert.That(output.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        using JsonDocument record = JsonDocument.Parse(output);
        JsonElement[] runs = [.. record.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.That(runs.Select(run => run.GetProperty("seed").GetInt32()), Is.EqualTo(new[] { 3, 4 }));
        Assert.That(runs[0].GetProperty("first_at_threshold").GetProperty("score").GetDouble(), Is.GreaterThanOrEqualTo(30));
        Assert.That(runs[1].GetProperty("first_at_threshold").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(record.RootElement.GetProperty("picture").GetString(), Is.EqualTo(folder["c.svg"]));
    }

    [TestCase("time", "wall-clock time (s)")]
    [TestCase("transitions", "transitions")]
    public void The_picture_stands_alone_and_shows_every_run(string axis, string xTitle)
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "a", seed: 1, SyntheticRun.Lines());
        MakeRun(folder, "<b>", seed: 2, SyntheticRun.Lines(trainingEpisodes: 20));
        int code = Run("compare", "a", "<b>", "--results-dir", folder.Path, "--x", axis, "-o", folder["curves.svg"]).Code;
        Assert.That(code, Is.EqualTo(ExitCodes.Done));
        string text = File.ReadAllText(folder["curves.svg"]);
        XElement picture = XDocument.Parse(text).Root!;
        string[] labels = [.. picture.Descendants(Svg + "text").Select(label => label.Value)];
        Assert.That(picture.Name, Is.EqualTo(Svg + "svg"), "a file of its own needs its namespace");
        string withoutNamespace = Regex.Replace(text, "xmlns=\"[^\"]*\"", "");
        Assert.That(withoutNamespace, Does.Not.Match("https?://|<script|@import|url\\("), "nothing is fetched, nothing runs");
        Assert.That(text, Does.Contain("prefers-color-scheme: dark"));
        Assert.That(labels, Is.SupersetOf(new[] { "a (SAC)", "<b> (SAC)", xTitle, "evaluation score", "threshold 30" }));
        Assert.That(labels[0], Does.StartWith("Evaluation score against"));
        Assert.That(picture.Descendants(Svg + "polyline").Count(), Is.EqualTo(4), "each run's scores and means");
        Assert.That(picture.Descendants(Svg + "circle").Count(), Is.EqualTo(2), "where each was first at the threshold");
        Assert.That(text, Does.Not.Contain("NaN").And.Not.Contain("\u221e"));
    }

    [Test]
    public void More_runs_than_colours_share_one_where_a_number_at_the_end_tells_them_apart()
    {
        using var folder = new TemporaryFolder();
        string[] names = [.. Enumerable.Range(1, 10).SelectMany(seed => new[] { $"many-{seed}", $"few{seed}", "7" }).Distinct()];
        Array.ForEach(names, name => MakeRun(folder, name, seed: 1, SyntheticRun.Lines()));
        Run(["compare", .. names, "--results-dir", folder.Path, "-o", folder["c.svg"]]);
        XElement picture = XDocument.Parse(File.ReadAllText(folder["c.svg"])).Root!;
        IEnumerable<string> texts = picture.Elements(Svg + "text").Select(text => text.Value);
        string[] legend = [.. texts.Where(text => text.EndsWith("(SAC)", StringComparison.Ordinal))];
        Assert.That(legend, Is.EqualTo(new[] { "many (SAC)", "few (SAC)", "7 (SAC)" }));
        string[] colours = [.. picture.Descendants(Svg + "polyline").Select(line => (string)line.Attribute("class")!)];
        Assert.That(colours, Has.Length.EqualTo(21).And.All.Not.Contain("faint"));
        Assert.That(colours.CountBy(colour => colour).Select(one => one.Value), Is.EquivalentTo(new[] { 10, 10, 1 }));
    }

    [Test]
    public void Runs_of_different_thresholds_have_no_common_line()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "a", seed: 1, SyntheticRun.Lines());
        MakeRun(folder, "b", seed: 1, SyntheticRun.Lines(), threshold: 20);
        Run("compare", "a", "b", "--results-dir", folder.Path, "-o", folder["c.svg"]);
        Assert.That(File.ReadAllText(folder["c.svg"]), Does.Not.Contain("class=\"threshold\""));
        Run("compare", "a", "--results-dir", folder.Path, "-o", folder["c.svg"]);
        Assert.That(File.ReadAllText(folder["c.svg"]), Does.Contain("class=\"threshold\""));
    }

    [Test]
    public void Legends_of_long_names_take_more_lines_and_stay_inside()
    {
        LearningCurve[] curves = [.. Enumerable.Range(0, 8)
            .Select(i => new LearningCurve(new string('w', 40) + i, [new(0, 1), new(1, 2)], [], Threshold: null, FirstAtThreshold: null))];
        XElement picture = XDocument.Parse(CurvePicture.Render(curves, CurveAxis.Time)).Root!;
        (double X, double Y)[] legend = [.. picture.Elements(Svg + "text").Where(text => text.Value.StartsWith('w'))
            .Select(text => ((double)text.Attribute("x")!, (double)text.Attribute("y")!))];
        Assert.That(legend, Has.Length.EqualTo(8).And.Unique);
        Assert.That(legend.Select(place => place.X + (41 * 14 * 0.58)), Is.All.LessThanOrEqualTo((double)picture.Attribute("width")!));
    }

    [Test]
    public void A_curve_is_first_at_the_threshold_where_an_evaluations_mean_is_and_not_its_best_episode()
    {
        MetricsLine[] episodes = [Episode(1, 29), Episode(1, 33), Episode(2, 26), Episode(2, 31), Episode(3, 30), Episode(3, 34)];
        Assert.That(LearningCurve.Of("a", episodes[..4], 30, CurveAxis.Time).FirstAtThreshold?.X, Is.EqualTo(1));
        Assert.That(LearningCurve.Of("a", episodes[2..], 30, CurveAxis.Time).FirstAtThreshold, Is.EqualTo(new ChartPoint(3, 32)));
        Assert.That(LearningCurve.Of("a", episodes, null, CurveAxis.Time).FirstAtThreshold, Is.Null);

        static MetricsLine Episode(double seconds, double score) =>
            new() { Kind = MetricsKind.Evaluation, Seconds = seconds, Transitions = (long)seconds, Score = score };
    }

    [Test]
    public void Two_runs_of_one_id_are_named_as_they_were_typed()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "one/a", seed: 1, SyntheticRun.Lines());
        MakeRun(folder, "two/a", seed: 2, SyntheticRun.Lines());
        string output = Run("compare", folder["one/a"], folder["two/a"]).Output;
        Assert.That(output, Does.Contain(folder["one/a"]).And.Contain(folder["two/a"]));
    }

    [Test]
    public void Wrong_input_is_one_sentence_and_exit_code_2_and_leaves_what_is_there()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "a", seed: 1, SyntheticRun.Lines());
        MakeRun(folder, "young", seed: 1, []);
        Refused("There is no run 'none'", "compare", "a", "none");
        Refused("no evaluation episode yet", "compare", "a", "young");
        Refused("cannot be written", "compare", "a", "-o", folder["missing/c.svg"]);
        Refused("must end in .svg", "compare", "a", "-o", folder["c.png"]);
        Refused("--x is 'steps'", "compare", "a", "--x", "steps");
        string[] nine = [.. Enumerable.Range(0, 9).Select(i => new string('n', i + 1))];
        Array.ForEach(nine, name => MakeRun(folder, name, seed: 1, SyntheticRun.Lines()));
        Refused("at most 8 runs, or kinds of runs whose names differ in a number at the end, and 9", ["compare", .. nine, "-o", folder["c.svg"]]);
        Array.ForEach(nine, name => Directory.Delete(folder[name], recursive: true));
        Refused("The <run> of 'compare' is missing", "compare");
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "a", "young" }));

        void Refused(string sentence, params string[] arguments)
        {
            (int code, string output, string error) = Run([.. arguments, "--results-dir", folder.Path]);
            Assert.That(code, Is.EqualTo(ExitCodes.Usage));
            Assert.That(error, Does.Contain(sentence));
            Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(output, Is.Empty);
        }
    }

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter printed = new(), refused = new();
        try
        {
            Console.SetOut(printed);
            Console.SetError(refused);
            int code = CommandLine.Run(arguments);
            return (code, printed.ToString(), refused.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    // Made under a plain name and then moved: a run's folder may be called anything, unlike a run id.
    private static void MakeRun(
        TemporaryFolder folder, string name, long seed, IReadOnlyList<MetricsLine> lines, RunSummary? summary = null, double threshold = 30)
    {
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "made", Seed = seed, Threshold = threshold };
        RunFolder run = RunFolder.Of(options);
        using (RunLock.Claim(run, resume: false, force: false))
        {
            ConfigurationWriter.Save(options, run.Configuration);
            using var metrics = new MetricsFile(run.Metrics);
            foreach (MetricsLine line in lines)
            {
                metrics.Append(line);
            }

            if (summary is not null)
            {
                File.WriteAllText(run.Summary, JsonSerializer.Serialize(summary, JsonStyle.Indented));
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        Directory.Move(folder["made"], folder[name]);
    }
}
