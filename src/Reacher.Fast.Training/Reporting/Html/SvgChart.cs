using System.Globalization;
using System.Net;
using System.Text;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>One point of a series, and what is shown when the pointer rests on it.</summary>
internal readonly record struct ChartPoint(double X, double Y, string? Hint = null);

/// <summary>How a series is drawn.</summary>
internal enum SeriesStyle
{
    /// <summary>A line through all points.</summary>
    Line = 0,

    /// <summary>A thin, pale line: context.</summary>
    Faint = 1,

    /// <summary>A dot at each point.</summary>
    Dots = 2,
}

/// <summary>One curve of a chart.</summary>
/// <param name="Name">The name that the legend shows.</param>
/// <param name="Colour">Which of the page's colours, from 1.</param>
/// <param name="Style">How it is drawn.</param>
/// <param name="Points">In the order of X.</param>
internal sealed record ChartSeries(string Name, int Colour, SeriesStyle Style, IReadOnlyList<ChartPoint> Points);

/// <summary>A chart as inline SVG. Colours and fonts are the page's, so that it follows light and dark.</summary>
internal sealed class SvgChart
{
    private const double Right = 14;
    private const double Top = 12;
    private const double TickRoom = 24;
    private const double TitleRoom = 16;

    // The font size of a chart that is part of a picture, in the units of that picture.
    private const double PictureFont = 14;

    // More points than pixels would make the page larger and show nothing more.
    private const int MostPoints = 900;

    // The width of a digit as a share of the font's size; system fonts differ a little, and none is wider.
    private const double DigitWidth = 0.62;

    private readonly StringBuilder svg = new();
    private readonly double width;
    private readonly double height;
    private readonly double fontSize;
    private readonly string kind;
    private double left;
    private Axis horizontal = null!;
    private Axis vertical = null!;

    private SvgChart(string kind, double width, double height, double fontSize)
    {
        this.kind = kind;
        this.width = width;
        this.height = height;
        this.fontSize = fontSize;
    }

    /// <summary>What the chart is of; read aloud by screen readers.</summary>
    public required string Title { get; init; }

    /// <summary>What the horizontal axis counts; empty where the page says it.</summary>
    public string XTitle { get; init; } = string.Empty;

    /// <summary>How its numbers are written.</summary>
    public AxisKind XKind { get; init; }

    /// <summary>A value to mark by a dashed line, and its name.</summary>
    public (double Value, string Name)? Threshold { get; init; }

    /// <summary>The curves, the last on top.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    private double Bottom => TickRoom + (XTitle.Length > 0 ? TitleRoom : 0);

    /// <summary>Makes a chart as wide as the page.</summary>
    public static SvgChart Wide(string title, string xTitle, AxisKind xKind, (double, string)? threshold, params ChartSeries[] series) =>
        new("wide", 1000, 340, PageStyle.WideChartFont) { Title = title, XTitle = xTitle, XKind = xKind, Threshold = threshold, Series = series };

    /// <summary>One of several small charts, whose horizontal axis counts transitions.</summary>
    public static SvgChart Small(string title, params ChartSeries[] series) =>
        new("small", 480, 190, PageStyle.SmallChartFont) { Title = title, Series = series };

    /// <summary>A chart that is part of a picture of its own, which has colours of its own.</summary>
    public static SvgChart Picture(
        string title, string xTitle, AxisKind xKind, (double, string)? threshold, (double Width, double Height) size, params ChartSeries[] series) =>
        new("picture", size.Width, size.Height, PictureFont)
        {
            Title = title, XTitle = xTitle, XKind = xKind, Threshold = threshold, Series = series,
        };

    /// <summary>The same for a narrow window, in which a wide chart's text would be too small to read.</summary>
    public SvgChart ForNarrowWindow() =>
        new("narrow", 480, 330, PageStyle.SmallChartFont) { Title = Title, XTitle = XTitle, XKind = XKind, Threshold = Threshold, Series = Series };

    /// <summary>Whether there is anything to draw.</summary>
    public bool HasPoints => Series.Any(series => series.Points.Count > 0);

    /// <summary>Draws the chart as an SVG element.</summary>
    public string Render()
    {
        string content = RenderContent();
        return $"<svg class=\"{kind}\" viewBox=\"0 0 {N(width)} {N(height)}\" role=\"img\" aria-label=\"{Escape(Title)}\">{content}</svg>";
    }

    /// <summary>What is inside of that element, for a picture that has one already.</summary>
    public string RenderContent()
    {
        IEnumerable<ChartPoint> points = Series.SelectMany(series => series.Points);
        (double lowest, double highest) = VerticalRange.Of(Series);
        if (Threshold is { } threshold)
        {
            (lowest, highest) = (Math.Min(lowest, threshold.Value), Math.Max(highest, threshold.Value));
        }

        bool wide = width > 600;
        horizontal = Axis.Over(XKind, Math.Min(0, points.Min(point => point.X)), points.Max(point => point.X), wide ? 8 : 4, tight: true);
        vertical = Axis.Over(AxisKind.Number, lowest, highest, wide ? 5 : 3, tight: false);
        left = 16 + (vertical.Ticks.Max(tick => vertical.Label(tick).Length) * fontSize * DigitWidth);
        DrawGrid();
        DrawThreshold();
        foreach (ChartSeries series in Series)
        {
            DrawSeries(series);
        }

        return svg.ToString();
    }

    private void DrawGrid()
    {
        foreach (double tick in vertical.Ticks)
        {
            double y = Y(tick);
            Append($"<line class=\"grid\" x1=\"{N(left)}\" x2=\"{N(width - Right)}\" y1=\"{N(y)}\" y2=\"{N(y)}\"/>");
            Append($"<text class=\"tick\" x=\"{N(left - 8)}\" y=\"{N(y + 4)}\" text-anchor=\"end\">{vertical.Label(tick)}</text>");
        }

        foreach (double tick in horizontal.Ticks)
        {
            double x = X(tick);
            Append($"<line class=\"mark\" x1=\"{N(x)}\" x2=\"{N(x)}\" y1=\"{N(height - Bottom)}\" y2=\"{N(height - Bottom + 4)}\"/>");
            // The last label stands beneath its mark unless that would cut it off.
            string label = horizontal.Label(tick);
            double middle = Math.Min(x, width - (label.Length * fontSize * DigitWidth / 2));
            Append($"<text class=\"tick\" x=\"{N(middle)}\" y=\"{N(height - Bottom + 17)}\" text-anchor=\"middle\">{label}</text>");
        }

        if (XTitle.Length == 0)
        {
            return;
        }

        string unit = horizontal.Unit.Length > 0 ? $" ({horizontal.Unit})" : string.Empty;
        Append($"<text class=\"title\" x=\"{N(width - Right)}\" y=\"{N(height - 5)}\" text-anchor=\"end\">{Escape(XTitle + unit)}</text>");
    }

    private void DrawThreshold()
    {
        if (Threshold is { } threshold)
        {
            double y = Y(threshold.Value);
            Append($"<line class=\"threshold\" x1=\"{N(left)}\" x2=\"{N(width - Right)}\" y1=\"{N(y)}\" y2=\"{N(y)}\"/>");
            // The label stands above its line, unless the line is the chart's upper edge.
            double baseline = y - 6 >= fontSize ? y - 6 : y + 4 + fontSize;
            Append($"<text class=\"threshold\" x=\"{N(left + 6)}\" y=\"{N(baseline)}\">{Escape(threshold.Name)}</text>");
        }
    }

    private void DrawSeries(ChartSeries series)
    {
        if (series.Style == SeriesStyle.Dots)
        {
            Append($"<g class=\"dots c{series.Colour}\">");
            foreach (ChartPoint point in Thinned(series.Points))
            {
                Append($"<circle cx=\"{N(X(point.X))}\" cy=\"{N(Y(point.Y))}\" r=\"3\"><title>{Escape(point.Hint ?? string.Empty)}</title></circle>");
            }

            Append($"</g>");
            return;
        }

        IReadOnlyList<ChartPoint> points = Thinned(series.Points);
        if (points.Count == 1)
        {
            Append($"<g class=\"dots c{series.Colour}\"><circle cx=\"{N(X(points[0].X))}\" cy=\"{N(Y(points[0].Y))}\" r=\"3\"/></g>");
            return;
        }

        string style = series.Style == SeriesStyle.Faint ? "line faint" : "line";
        string path = string.Join(' ', points.Select(point => $"{N(X(point.X))},{N(Y(point.Y))}"));
        Append($"<polyline class=\"{style} c{series.Colour}\" points=\"{path}\"/>");
    }

    // Of all points that fall on about one pixel the lowest and the highest are kept, so that every spike still shows.
    private static IReadOnlyList<ChartPoint> Thinned(IReadOnlyList<ChartPoint> points)
    {
        if (points.Count <= MostPoints)
        {
            return points;
        }

        var thinned = new List<ChartPoint>(MostPoints);
        int stretch = (points.Count * 2 / MostPoints) + 1;
        for (int start = 0; start < points.Count; start += stretch)
        {
            ChartPoint[] piece = [.. points.Skip(start).Take(stretch)];
            thinned.AddRange(new[] { piece.MinBy(point => point.Y), piece.MaxBy(point => point.Y) }.Distinct().OrderBy(point => point.X));
        }

        return thinned;
    }

    private double X(double value) =>
        left + ((value - horizontal.Minimum) / (horizontal.Maximum - horizontal.Minimum) * (width - left - Right));

    private double Y(double value) =>
        height - Bottom - ((Math.Clamp(value, vertical.Minimum, vertical.Maximum) - vertical.Minimum) / (vertical.Maximum - vertical.Minimum) *
            (height - Top - Bottom));

    private void Append(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
