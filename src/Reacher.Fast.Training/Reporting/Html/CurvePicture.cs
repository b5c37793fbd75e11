using System.Globalization;
using System.Net;
using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>
/// Learning curves as a picture of its own, an SVG file that a page or a README can show: it has its own colours, for light and for dark, and
/// fetches nothing. Each curve has a thin line through the scores of single evaluation episodes, a thick one through their running mean, and a
/// dot where a single score first reached the threshold. Where there are more curves than colours, those of a kind share one and have no thin
/// line.
/// </summary>
internal static class CurvePicture
{
    /// <summary>More curves than this cannot be told apart by colour.</summary>
    public const int MostCurves = 8;

    private const int Width = 860;
    private const int ChartHeight = 400;
    private const int Margin = 16;

    // This room at the left is for the name of the vertical axis.
    private const int YTitleRoom = 18;
    private const int LegendFont = 14;
    private const int LegendLine = 22;

    // Width of a letter as a share of the font's size: a little more than system fonts need, so that entries never touch.
    private const double LetterWidth = 0.58;
    private const int Swatch = 26;

    private const string RunsNote = "thin: score of one evaluation episode; thick: mean of the window; dot: first at the threshold";
    private const string KindsNote = "one line a run, the mean of its window; dot: first at the threshold; a colour for runs that differ in a number";

    private const string Style = """
        .back { fill: #ffffff; stroke: #dfe4ea; }
        text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
        text { font-size: 14px; fill: #556270; }
        text.heading { font-size: 18px; font-weight: 600; fill: #18212b; }
        text.threshold { fill: #b3261e; font-weight: 600; }
        .grid { stroke: #e9edf1; } .mark { stroke: #c9d0d8; }
        line.threshold { stroke: #b3261e; stroke-dasharray: 6 5; stroke-width: 1.5; }
        .line { fill: none; stroke-width: 2.6; stroke-linejoin: round; stroke-linecap: round; }
        .line.faint { stroke-width: 1.3; opacity: 0.6; }
        .c1 { color: #1f5fbf; } .c2 { color: #c2560a; } .c3 { color: #0f7b4f; } .c4 { color: #7b4bb7; }
        .c5 { color: #b3126b; } .c6 { color: #00798c; } .c7 { color: #806000; } .c8 { color: #5b6470; }
        .line { stroke: currentColor; } .dots { fill: currentColor; stroke: #ffffff; stroke-width: 1.5; }
        .dots circle { r: 5px; }
        @media (prefers-color-scheme: dark) {
          .back { fill: #181e26; stroke: #2a333f; }
          text { fill: #9aa8b7; } text.heading { fill: #e7ecf2; }
          text.threshold { fill: #ff8f86; } line.threshold { stroke: #ff8f86; }
          .grid { stroke: #242c37; } .mark { stroke: #3a4553; } .dots { stroke: #181e26; }
          .c1 { color: #78b0ff; } .c2 { color: #ffab61; } .c3 { color: #63d6a1; } .c4 { color: #c39bf5; }
          .c5 { color: #ff8cc6; } .c6 { color: #5fd3e3; } .c7 { color: #e3c55a; } .c8 { color: #b4bec9; }
        }
        """;

    /// <summary>Writes the picture.</summary>
    /// <param name="curves">From one to <see cref="MostCurves"/>, or of so many kinds, each with a point.</param>
    /// <param name="axis">What they are drawn against.</param>
    /// <param name="path">The file, replaced whole.</param>
    /// <param name="note">What the lines are; null for those of runs.</param>
    /// <exception cref="InputException">There are more kinds, or the file cannot be written.</exception>
    public static void Write(IReadOnlyList<LearningCurve> curves, CurveAxis axis, string path, string? note = null)
    {
        if (Names(curves).Length is var kinds && kinds > MostCurves)
        {
            throw new InputException(
                $"A picture shows at most {MostCurves} runs, or kinds of runs whose names differ in a number at the end, and {kinds} were named; " +
                "draw them in several pictures.");
        }

        try
        {
            AtomicFile.WriteText(path, Render(curves, axis, note));
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The picture cannot be written to '{path}': {AtomicFile.Reason(error)}; choose another place.", error);
        }
    }

    /// <summary>The picture as text.</summary>
    /// <param name="curves">From one to <see cref="MostCurves"/>, or of so many kinds, each with a point.</param>
    /// <param name="axis">What they are drawn against.</param>
    /// <param name="note">What the lines are; null for those of runs.</param>
    public static string Render(IReadOnlyList<LearningCurve> curves, CurveAxis axis, string? note = null)
    {
        string against = axis == CurveAxis.Time ? "wall-clock time" : "transitions";
        string title = $"Evaluation score against {against}";
        var legend = new StringBuilder();
        int chartTop = AppendLegend(legend, Names(curves), top: 80) + 8;
        int height = chartTop + ChartHeight + 8;

        // Every number is whole, so no culture writes it in another way.
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img">
            <title>{Escape(title)}</title>
            <style>
            {Style}
            </style>
            <rect class="back" x="0.5" y="0.5" width="{Width - 1}" height="{height - 1}" rx="10"/>
            <text class="heading" x="{Margin}" y="30">{Escape(title)}</text>
            <text x="{Margin}" y="51">{Escape(note ?? (IsCrowded(curves) ? KindsNote : RunsNote))}</text>
            {legend}
            <g transform="translate({YTitleRoom} {chartTop})">
            {Chart(title, against, curves, axis).RenderContent()}
            </g>
            <text transform="translate({Margin + 4} {chartTop + (ChartHeight / 2)}) rotate(-90)" text-anchor="middle">evaluation score</text>
            </svg>

            """;
    }

    private static bool IsCrowded(IReadOnlyList<LearningCurve> curves) => curves.Count > MostCurves;

    // What the legend names, a colour each, in the order of the curves.
    private static string[] Names(IReadOnlyList<LearningCurve> curves) =>
        IsCrowded(curves) ? [.. curves.Select(curve => curve.Kind).Distinct()] : [.. curves.Select(curve => curve.Name)];

    private static SvgChart Chart(string title, string against, IReadOnlyList<LearningCurve> curves, CurveAxis axis)
    {
        // The line is left out unless all curves share its threshold, since it would mislead about the others.
        double?[] thresholds = [.. curves.Select(curve => curve.Threshold).Where(value => value is not null).Distinct()];
        (double, string)? threshold = thresholds is [double only]
            ? (only, string.Create(CultureInfo.InvariantCulture, $"threshold {only}"))
            : null;
        AxisKind kind = axis == CurveAxis.Time ? AxisKind.Time : AxisKind.Number;
        return SvgChart.Picture(title, against, kind, threshold, (Width - YTitleRoom, ChartHeight), [.. Series(curves)]);
    }

    // Thin lines first, then thick ones, then the dots, so that no curve hides another's mean.
    private static IEnumerable<ChartSeries> Series(IReadOnlyList<LearningCurve> curves)
    {
        bool isCrowded = IsCrowded(curves);
        string[] names = Names(curves);
        (LearningCurve Curve, int Colour)[] coloured =
            [.. curves.Select((curve, i) => (curve, 1 + (isCrowded ? Array.IndexOf(names, curve.Kind) : i)))];
        return coloured.Where(_ => !isCrowded).Select(one => new ChartSeries(one.Curve.Name, one.Colour, SeriesStyle.Faint, one.Curve.Scores))
            .Concat(coloured.Select(one => new ChartSeries(one.Curve.Name, one.Colour, SeriesStyle.Line, one.Curve.Means)))
            .Concat(coloured.Where(one => one.Curve.FirstAtThreshold is not null)
                .Select(one => new ChartSeries(one.Curve.Name, one.Colour, SeriesStyle.Dots, [Named(one.Curve)])));
    }

    private static ChartPoint Named(LearningCurve curve) =>
        curve.FirstAtThreshold!.Value with { Hint = $"{curve.Name}: first at the threshold" };

    // Returns where the legend ends.
    private static int AppendLegend(StringBuilder svg, string[] names, int top)
    {
        double x = Margin;
        int baseline = top;
        for (int i = 0; i < names.Length; i++)
        {
            double width = Swatch + (names[i].Length * LegendFont * LetterWidth) + 18;
            if (x > Margin && x + width > Width - Margin)
            {
                (x, baseline) = (Margin, baseline + LegendLine);
            }

            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"line c{i + 1}\" x1=\"{x:F0}\" x2=\"{x + 18:F0}\" y1=\"{baseline - 5}\" y2=\"{baseline - 5}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + Swatch:F0}\" y=\"{baseline}\">{Escape(names[i])}</text>\n");
            x += width;
        }

        return baseline;
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
