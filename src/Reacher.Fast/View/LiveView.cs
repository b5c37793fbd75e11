using System.Globalization;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reacher.Fast.View;

/// <summary>
/// The terminal's view of a run: evaluation against the threshold as a plot, the figures, the processes. It is drawn anew from each status,
/// for a terminal of any size: the plot stands beside the figures where there is room, else above them, and takes the lines that are left.
/// </summary>
internal static class LiveView
{
    private const int Gap = 2;
    private const int AxisWidth = 6;
    private const int SmallestPlotWidth = 34;
    private const int SmallestPlotHeight = 2;
    private const int LargestPlotHeight = 20;
    private const int FewLines = 20;
    private const int NameWidth = 15;
    private const int ValueWidth = 12;
    private const int NoteWidth = 27;
    private const int FiguresWidth = NameWidth + ValueWidth + Gap + NoteWidth;
    // Two borders and the line below the plot; two borders and a space inside each.
    private const int BoxLines = 3;
    private const int BoxColumns = 4;

    private static readonly Style Grey = new(Color.Grey);
    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Green = new(Color.Green);
    private static readonly Style Yellow = new(Color.Yellow);

    /// <summary>
    /// Draws a status into a terminal of so many columns and lines, of which two stay free, or one where there are few: for what the run has
    /// said last, which stands above.
    /// </summary>
    public static IRenderable Draw(RunStatus status, IReadOnlyList<double> evaluationScores, int width, int height)
    {
        List<LiveLine> title = Title(status, width), figures = Figures(status, width);
        List<LiveLine> machines = MachineLines.Of(status.Machines ?? [], width, height);
        List<LiveLine> processes = Processes(status, width, Math.Max(1, (height / 4) - machines.Count));
        int most = height - (height >= FewLines ? 2 : 1), left = most - title.Count - machines.Count - processes.Count;
        bool isBeside = width >= FiguresWidth + Gap + BoxColumns + AxisWidth + SmallestPlotWidth;
        int plotHeight = Math.Min(LargestPlotHeight, left - BoxLines - (isBeside ? 0 : figures.Count));
        List<LiveLine> plot = Evaluation(status, evaluationScores, isBeside ? width - FiguresWidth - Gap : width, plotHeight);
        List<LiveLine> middle = isBeside ? Beside(plot, figures, width) : [.. plot, .. figures];
        return new Rows(((List<LiveLine>)[.. title, .. middle.Take(left), .. machines, .. processes]).Take(most).Select(line => line.Draw()));
    }

    // On two lines where one is too short.
    private static List<LiveLine> Title(RunStatus status, int width)
    {
        string doing = status.Phase == RunPhase.EvaluatingTheFinalPolicy
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{RunPhaseWords.Of(status.Phase)}, {status.FinalEpisodes} of {status.WindowSize} episodes, mean {F1(status.FinalScore)}")
            : $"{RunPhaseWords.Of(status.Phase)}, {Duration(status.ElapsedSeconds)}" +
              (status.SecondsToSolved is double seconds ? $", solved in about {Duration(seconds)}" : "");
        LiveLine run = new LiveLine(width).Add("Reacher.Fast", Bold).Add(" ").Add(status.RunId, Grey);
        return run.Length + Gap + doing.Length <= width
            ? [run.Add("  ").Add(doing)]
            : [run, new LiveLine(width).Add(doing)];
    }

    private static List<LiveLine> Evaluation(RunStatus status, IReadOnlyList<double> scores, int width, int plotHeight)
    {
        string caption = status.EvaluationEpisodes == 0
            ? "no evaluation yet"
            : $"last {F1(status.EvaluationScore)}, mean of {status.WindowCount}/{status.WindowSize} is {F1(status.WindowMean)}" +
              (status.Threshold is double of ? $" of {(Math.Round(of, 1) == of ? F1(of) : of.ToString(CultureInfo.InvariantCulture))}" : "");
        if (plotHeight < SmallestPlotHeight)
        {
            return [new LiveLine(width).Add("evaluation ", Grey).Add(caption)];
        }

        int inside = Math.Max(1, width - BoxColumns);
        double[] edges = [0, status.Threshold * 4 / 3 ?? 0, .. scores.Where(double.IsFinite)];
        (double bottom, double top) = (edges.Min(), edges.Max() > edges.Min() ? edges.Max() : edges.Min() + 1);
        string[] plot = ScorePlot.Draw(
            scores, status.Threshold ?? double.NaN, Math.Max(1, inside - AxisWidth), plotHeight, bottom, top);
        Style colour = status.WindowMean >= status.Threshold && status.WindowCount == status.WindowSize ? Green : Yellow;
        const string Header = "─ evaluation ";
        var box = new List<LiveLine> { new LiveLine(width).Add("╭" + Header + new string('─', Math.Max(0, width - 2 - Header.Length)) + "╮") };
        for (int y = 0; y < plotHeight; y++)
        {
            string axis = y == 0 ? F0(top) : y == plotHeight - 1 ? F0(bottom) : "";
            box.Add(Framed(new LiveLine(inside).Add(axis.PadLeft(AxisWidth - 1) + " ", Grey).Add(plot[y], colour)));
        }

        box.Add(Framed(new LiveLine(inside).Add(caption)));
        box.Add(new LiveLine(width).Add("╰" + new string('─', Math.Max(0, width - 2)) + "╯"));
        return box;

        LiveLine Framed(LiveLine content) => new LiveLine(width).Add("│ ").Add(content).PadTo(width - 2).Add(" │");
    }

    private static List<LiveLine> Figures(RunStatus status, int width)
    {
        var rows = new List<LiveLine>();
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

        return rows;

        string Cell(LearnerFigure figure) => string.Format(CultureInfo.InvariantCulture, figure.Cell!.Format, status.Figures[figure.Slot]);

        void Row(string name, string value, string note) => rows.Add(new LiveLine(Math.Min(width, FiguresWidth))
            .Add(name.PadRight(NameWidth), Grey).Add(value.PadLeft(ValueWidth), Bold).Add("  ").Add(note, Grey));
    }

    private static List<LiveLine> Beside(List<LiveLine> left, List<LiveLine> right, int width)
    {
        var lines = new List<LiveLine>();
        for (int y = 0; y < Math.Max(left.Count, right.Count); y++)
        {
            var line = new LiveLine(width);
            if (y < left.Count)
            {
                line.Add(left[y]);
            }

            line.PadTo(width - FiguresWidth);
            lines.Add(y < right.Count ? line.Add(right[y]) : line);
        }

        return lines;
    }

    // As many to a line as there is room for; with the machines, a quarter of the terminal's lines at most.
    private static List<LiveLine> Processes(RunStatus status, int width, int most)
    {
        int onLast = 0;
        var lines = new List<LiveLine>();
        for (int i = 0; i < status.Processes.Count; i++)
        {
            LiveLine process = Describe(status.Processes[i], width);
            if (lines.Count > 0 && lines[^1].Length + 3 + process.Length <= width)
            {
                lines[^1].Add("   ").Add(process);
                onLast++;
            }
            else if (lines.Count < most)
            {
                lines.Add(process);
                onLast = 1;
            }
            else
            {
                int others = status.Processes.Count - i + onLast;
                string more = others == status.Processes.Count ? $"{Whole(others)} processes" : $"and {Whole(others)} more";
                lines[^1] = new LiveLine(width).Add(more, Grey);
                break;
            }
        }

        return lines;
    }

    private static LiveLine Describe(ProcessStatus process, int width)
    {
        Style colour = process.State is ProcessPhase.Running or ProcessPhase.Waiting ? Green : Yellow;
        string restarts = process.Restarts > 0 ? $", restarted {process.Restarts}x" : "";
        string state = process.State.ToString().ToLowerInvariant();
        return new LiveLine(width).Add("●", colour).Add($" {process.Name} ").Add($"{state} {F0(process.ProcessorPercent)} %{restarts}", Grey);
    }

    private static string Duration(double seconds) => seconds >= 3600
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds / 60 % 60:00} min")
        : seconds >= 60 ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s") : F0(seconds) + " s";

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string F0(double value) => value.ToString("F0", CultureInfo.InvariantCulture);

    private static string F1(double value) => double.IsNaN(value) ? "-" : value.ToString("F1", CultureInfo.InvariantCulture);
}
