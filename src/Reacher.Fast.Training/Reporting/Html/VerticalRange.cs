namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>
/// What a chart's vertical axis covers. A learner's first figures can lie far from all that follow, as a loss does before the critics know
/// the rewards' size, and would press the rest of the curve flat: such points are drawn at the edge.
/// </summary>
internal static class VerticalRange
{
    // Of a curve with fewer points nobody can say which of them are its first.
    private const int FewestPoints = 20;

    // Of a curve's points the share that may be its first; and how many times the range of the others they must need to be left out.
    private const double FirstShare = 0.1;
    private const double MuchLarger = 3;

    /// <summary>The lowest and the highest value to show of curves that have points.</summary>
    public static (double Lowest, double Highest) Of(IEnumerable<ChartSeries> curves)
    {
        ChartSeries[] drawn = [.. curves.Where(series => series.Points.Count > 0)];
        (double Lowest, double Highest) all = Over(drawn, share: 0), later = Over(drawn, FirstShare);
        double range = later.Highest - later.Lowest;
        return range > 0 && all.Highest - all.Lowest > MuchLarger * range ? later : all;
    }

    private static (double Lowest, double Highest) Over(ChartSeries[] curves, double share)
    {
        double[] values =
        [
            .. curves.SelectMany(series => series.Points
                .Skip(series.Style == SeriesStyle.Line && series.Points.Count >= FewestPoints ? (int)(series.Points.Count * share) : 0)
                .Select(point => point.Y)),
        ];
        return (values.Min(), values.Max());
    }
}
