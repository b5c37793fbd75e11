using System.Globalization;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reacher.Fast.View;

/// <summary>
/// The terminal's view of a run: evaluation against the threshold as a plot, the figures, the processes. It is drawn anew from each status.
/// </summary>
internal static class LiveView
{
    private const int PlotWidth = 46;
    private const int PlotHeight = 7;

    public static IRenderable Draw(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().NoWrap());
        grid.AddRow(Evaluation(status, evaluationScores), Figures(status));
        return new Rows(Title(status), grid, Processes(status));
    }

    private static Markup Title(RunStatus status)
    {
        string left = status.SecondsToSolved is double seconds ? $", solved in about {Duration(seconds)}" : "";
        string phase = RunPhaseWords.Of(status.Phase);
        string id = Markup.Escape(status.RunId);
        return new Markup($"[bold]Reacher.Fast[/] [grey]{id}[/]  {phase}, {Duration(status.ElapsedSeconds)}{left}");
    }

    private static Panel Evaluation(RunStatus status, IReadOnlyList<double> scores)
    {
        double top = Math.Max(status.Threshold * 4 / 3, scores.Count == 0 ? 0 : scores.Max());
        string[] lines = ScorePlot.Draw(scores, status.Threshold, PlotWidth, PlotHeight, top);
        string colour = status.WindowMean >= status.Threshold && status.WindowCount == status.WindowSize ? "green" : "yellow";
        string plot = string.Join('\n', lines.Select((line, y) => $"[grey]{Axis(y)}[/] [{colour}]{line}[/]"));
        string caption = status.EvaluationEpisodes == 0
            ? "[grey]no evaluation yet[/]"
            : $"last [bold]{F1(status.EvaluationScore)}[/], mean of {status.WindowCount}/{status.WindowSize} is " +
              $"[bold]{F1(status.WindowMean)}[/] of {F1(status.Threshold)}";
        return new Panel(new Markup(plot + "\n" + caption))
        {
            Header = new PanelHeader(" evaluation "),
            Border = BoxBorder.Rounded,
            Padding = new Padding(1, 0),
        };

        string Axis(int y) => y switch { 0 => F0(top), PlotHeight - 1 => F0(0), _ => "" } is { } text ? text.PadLeft(4) : "";
    }

    private static Table Figures(RunStatus status)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn("").AddColumn(new TableColumn("").RightAligned()).AddColumn("");
        Row("episodes", Whole(status.Episodes), $"last scored {F1(status.TrainingScore)}");
        Row("transitions", Whole(status.Transitions), $"{Whole((long)status.TransitionsPerSecond)}/s");
        Row("updates", Whole(status.Updates), $"{Whole((long)status.UpdatesPerSecond)}/s");
        Row("per transition", status.UpdateRatio.ToString("F3", CultureInfo.InvariantCulture), "updates");
        Row("replay", Whole(status.ReplayRows), $"of {Whole(status.ReplayCapacity)}");
        IEnumerable<LearnerFigure> shown = LearnerFigures.All.Where(figure => figure.Cell is not null);
        foreach (IGrouping<string, LearnerFigure> row in shown.GroupBy(figure => figure.Cell!.Row))
        {
            string[] cells = [.. row.OrderBy(figure => figure.Cell!.Order).Select(Cell)];
            Row(row.Key, cells[0], string.Join(", ", cells[1..]));
        }

        return table;

        string Cell(LearnerFigure figure) => string.Format(CultureInfo.InvariantCulture, figure.Cell!.Format, status.Figures[figure.Slot]);

        void Row(string name, string value, string note) => table.AddRow($"[grey]{name}[/]", $"[bold]{value}[/]", $"[grey]{note}[/]");
    }

    private static Markup Processes(RunStatus status) => new(string.Join("   ", status.Processes.Select(Describe)));

    private static string Describe(ProcessStatus process)
    {
        string colour = process.State is ProcessPhase.Running or ProcessPhase.Waiting ? "green" : "yellow";
        string restarts = process.Restarts > 0 ? $", restarted {process.Restarts}x" : "";
        string state = process.State.ToString().ToLowerInvariant();
        return $"[{colour}]●[/] {Markup.Escape(process.Name)} [grey]{state} {F0(process.ProcessorPercent)} %{restarts}[/]";
    }

    private static string Duration(double seconds) => seconds >= 3600
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds / 60 % 60:00} min")
        : seconds >= 60 ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s") : F0(seconds) + " s";

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string F0(double value) => value.ToString("F0", CultureInfo.InvariantCulture);

    private static string F1(double value) => double.IsNaN(value) ? "-" : value.ToString("F1", CultureInfo.InvariantCulture);
}
