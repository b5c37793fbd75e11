using System.Globalization;
using System.Net;
using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>
/// One page about a run, from its <c>metrics.jsonl</c> and its configuration: what it came to, the learning curve against
/// transitions and against wall clock, losses, values, rates, configuration, machine. It needs no network and no script.
/// </summary>
internal static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="path">The page; null for <c>report.html</c> in the run's folder.</param>
    /// <returns>Where the page was written.</returns>
    /// <exception cref="InputException">The metrics cannot be read or the page cannot be written.</exception>
    public static string Write(RunFolder run, RunOptions options, string? path = null)
    {
        path ??= run.Report;
        options = WithMeasuredAgents(run, options);
        string page = Render(run.Id, MetricsFile.Read(run.Metrics), options, MachineDescription.Load(run.Machine), RunSummary.Load(run.Summary));
        try
        {
            AtomicFile.WriteText(path, page);
            return path;
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The report cannot be written to '{path}': {error.Message.TrimEnd('.')}; choose another place.", error);
        }
    }

    /// <summary>The page; <paramref name="summary"/> is null for a run that has not ended yet.</summary>
    public static string Render(
        string id, IReadOnlyList<MetricsLine> lines, RunOptions options, IReadOnlyDictionary<string, string> machine, RunSummary? summary)
    {
        var figures = new RunFigures(lines, options);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.Append(CultureInfo.InvariantCulture,
            $"<title>{Escape(id)} \u2013 Reacher.Fast</title>\n<style>\n{PageStyle.Css}\n</style>\n</head>\n<body>\n<main>\n");
        AppendHeader(page, id, figures, options, hasEnded: summary is not null);
        AppendTiles(page, figures, summary);
        AppendCurves(page, figures);
        AppendDiagnostics(page, figures, options.Trainer);
        page.Append(MachineTable.Render(figures.Progress));
        AppendMachine(page, machine);
        page.Append("<h2>Configuration</h2>\n<div class=\"card config\"><pre>");
        page.Append(Escape(ConfigurationWriter.ToYaml(options, withComments: false)));
        page.Append("</pre></div>\n<footer>Drawn from metrics.jsonl by <code>reacher-fast report</code>. ");
        page.Append("Rest the pointer on an evaluation to read it.</footer>\n");
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    // How many agents a Unity scene or an environment of a user's own has is not said by the options, but by the run's plan.
    private static RunOptions WithMeasuredAgents(RunFolder run, RunOptions options) => RunPlan.TryLoad(run.Plan) is { } plan
        ? options with { Environment = options.Environment with { Agents = plan.AgentCount } }
        : options;

    private static void AppendHeader(StringBuilder page, string id, RunFigures figures, RunOptions options, bool hasEnded)
    {
        string badge = figures.Threshold is null ? ""
            : figures.Solved is not null ? "<span class=\"badge solved\">solved</span>"
            : $"<span class=\"badge\">{(hasEnded ? "not solved" : "not solved yet")}</span>";
        string algorithm = options.Algorithm.ToUpperInvariant();
        string environment = options.Environment.Name;
        string agents = string.Create(CultureInfo.InvariantCulture, $"{options.EnvironmentCount} \u00d7 {options.Environment.Agents} agents");
        string seed = options.Seed is long drawn and >= 0 ? string.Create(CultureInfo.InvariantCulture, $", seed {drawn}") : string.Empty;
        page.Append(CultureInfo.InvariantCulture, $"<header><h1>{Escape(id)}</h1>{badge}");
        page.Append(CultureInfo.InvariantCulture,
            $"<p class=\"about\">{algorithm} on {Escape(options.Behavior)} ({Escape(environment)}, {agents}{seed}). ");
        page.Append(figures.Threshold is double threshold
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Solved means a mean of {threshold} or more over the last {figures.Window} evaluation episodes.</p></header>\n")
            : $"Nothing counts as solved; the window has {Quantity.Of(figures.Window, "episode")}.</p></header>\n");
    }

    private static void AppendTiles(StringBuilder page, RunFigures figures, RunSummary? summary)
    {
        page.Append("<dl class=\"tiles\">\n");
        MetricsLine? evaluation = figures.Evaluations.Count > 0 ? figures.Evaluations[^1] : null;
        if (summary?.FinalScore is { } final)
        {
            Tile("Final weights", Number(final),
                $"\u00b1 {Number(summary.FinalDeviation ?? 0)} over {Quantity.Of(summary.FinalEpisodes, "episode")}");
        }
        else
        {
            Tile("Best evaluation", figures.BestScore is { } best ? Number(best) : "\u2013",
                $"of {Quantity.Of(figures.Evaluations.Count, "episode")}");
        }

        Tile("Window mean", evaluation?.WindowMean is { } mean ? Number(mean) : "\u2013",
            evaluation is null ? "no evaluation yet" : $"over {Quantity.Of(evaluation.WindowCount ?? 0, "episode")}");
        if (figures.Threshold is double threshold)
        {
            Tile($"First at {threshold.ToString(CultureInfo.InvariantCulture)}", When(figures.FirstAtThreshold?.Last),
                Where(figures, figures.FirstAtThreshold?.Last));
            Tile("Solved", When(figures.Solved), Where(figures, figures.Solved));
        }

        Tile("Transitions", figures.Last is null ? "0" : Whole(figures.Last.Transitions),
            Quantity.Of(figures.EpisodesBy(figures.Last), "training episode"));
        Tile("Updates", Whole(figures.Updates), figures.Last is null ? "" : $"in {Duration(figures.Last.Seconds)}");
        page.Append("</dl>\n");

        void Tile(string name, string value, string more) => page.Append(
            CultureInfo.InvariantCulture,
            $"<div class=\"tile\"><dt>{Escape(name)}</dt><dd>{Escape(value)}<small>{Escape(more)}</small></dd></div>\n");
    }

    private static void AppendCurves(StringBuilder page, RunFigures figures)
    {
        page.Append("<h2>Learning curve</h2>\n");
        if (figures.Evaluations.Count + figures.Training.Count == 0)
        {
            page.Append("<div class=\"card\">No episode has ended yet.</div>\n");
            return;
        }

        AppendCurve(Curve("Score against transitions", "transitions", AxisKind.Number, line => line.Transitions));
        AppendCurve(Curve("Score against wall clock", "time", AxisKind.Time, line => line.Seconds));

        void AppendCurve(SvgChart chart) => AppendFigure(page, chart, chart.ForNarrowWindow());

        SvgChart Curve(string title, string xTitle, AxisKind kind, Func<MetricsLine, double> x) => SvgChart.Wide(
            title, xTitle, kind,
            figures.Threshold is double threshold ? (threshold, $"solved at {threshold.ToString(CultureInfo.InvariantCulture)}") : null,
            new ChartSeries(
                "training episode", 2, SeriesStyle.Faint, [.. figures.Training.Select(line => new ChartPoint(x(line), line.Score!.Value))]),
            new ChartSeries("evaluation episode", 1, SeriesStyle.Dots,
                [.. figures.Evaluations.Select(line => new ChartPoint(x(line), line.Score!.Value, Hint(line)))]),
            new ChartSeries($"window mean, of the last {figures.Window} at most", 1, SeriesStyle.Line, [.. figures.Evaluations
                .Where(line => line.WindowMean is not null).Select(line => new ChartPoint(x(line), line.WindowMean!.Value))]));
    }

    private static void AppendDiagnostics(StringBuilder page, RunFigures figures, TrainerType trainer)
    {
        bool isSac = trainer == TrainerType.Sac;
        SvgChart[] charts =
        [
            .. ProgressFigures.All
                .Where(figure => figure.Figure.Curve is not null && (isSac || figure.Figure is not LearnerFigure { OnlySac: true }))
                .GroupBy(figure => figure.Figure.Curve!.Chart)
                .OrderBy(chart => chart.Max(figure => figure.Figure.Curve!.Order))
                .Select(chart => SvgChart.Small(chart.Key, [.. chart.Select(Series)]))
                .Where(chart => chart.HasPoints),
        ];
        if (charts.Length > 0)
        {
            page.Append("<h2>Losses, values, rates <small>against transitions</small></h2>\n<div class=\"small\">\n");
            foreach (SvgChart chart in charts)
            {
                AppendFigure(page, chart);
            }

            page.Append("</div>\n");
        }

        ChartSeries Series(ProgressFigure figure)
        {
            FigureCurve curve = figure.Figure.Curve!;
            return new ChartSeries(curve.Legend, curve.Colour, SeriesStyle.Line, [.. Points(figure.Figure.Name)]);
        }

        IEnumerable<ChartPoint> Points(string name) =>
            from line in figures.Progress
            let value = line.Figure(name)
            where value is not null
            select new ChartPoint(line.Transitions, value.Value);
    }

    private static void AppendFigure(StringBuilder page, SvgChart chart, SvgChart? narrow = null)
    {
        page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption><h3>{Escape(chart.Title)}</h3><span class=\"legend\">");
        ChartSeries[] drawn = [.. chart.Series.Where(series => series.Points.Count > 0)];
        foreach (ChartSeries series in drawn.Where(_ => drawn.Length > 1))
        {
            string style = series.Style switch { SeriesStyle.Dots => " dots", SeriesStyle.Faint => " faint", _ => string.Empty };
            page.Append(CultureInfo.InvariantCulture, $"<span><i class=\"c{series.Colour}{style}\"></i>{Escape(series.Name)}</span>");
        }

        page.Append("</span></figcaption>").Append(chart.Render()).Append(narrow?.Render()).Append("</figure>\n");
    }

    private static void AppendMachine(StringBuilder page, IReadOnlyDictionary<string, string> machine)
    {
        if (machine.Count > 0)
        {
            page.Append("<h2>Machine</h2>\n<div class=\"card\"><table>\n");
            foreach ((string name, string value) in machine)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Escape(name)}</th><td>{Escape(value)}</td></tr>\n");
            }

            page.Append("</table></div>\n");
        }
    }

    private static string Hint(MetricsLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"evaluation {line.Episode}: {line.Score:F2} after {line.Transitions:N0} transitions, {Duration(line.Seconds)}");

    private static string When(MetricsLine? line) => line is null ? "\u2013" : Duration(line.Seconds);

    private static string Where(RunFigures figures, MetricsLine? line) => line is null
        ? "not yet"
        : $"{Quantity.Of(figures.EpisodesBy(line), "episode")}, {Axis.Short(line.Transitions)} transitions";

    // Rounded to the smaller unit before it is divided by the larger one, so that no minute has 60 seconds.
    private static string Duration(double seconds)
    {
        (long whole, long minutes) = ((long)Math.Round(seconds), (long)Math.Round(seconds / 60));
        return whole < 120 ? string.Create(CultureInfo.InvariantCulture, $"{whole} s")
            : minutes < 120 ? string.Create(CultureInfo.InvariantCulture, $"{whole / 60} min {whole % 60:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h {minutes % 60:00} min");
    }

    private static string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
