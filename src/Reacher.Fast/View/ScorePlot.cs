using System.Text;

namespace Reacher.Fast.View;

/// <summary>
/// A small plot of scores in braille dots, 2 by 4 to a character, with the threshold as a dashed line. Newest at the right; when there are more
/// scores than dots across, each dot shows the mean of its share.
/// </summary>
internal static class ScorePlot
{
    private const int DotsAcross = 2;
    private const int DotsDown = 4;

    // The bit of each dot in U+2800's block, [column, row from the top].
    private static readonly byte[,] Bits = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <summary>Lines of the plot, top first, each <paramref name="width"/> characters.</summary>
    /// <param name="scores">The scores to plot, the oldest first.</param>
    /// <param name="threshold">Where the dashed line goes; not a number for none.</param>
    /// <param name="width">The plot's width in characters.</param>
    /// <param name="height">The plot's height in lines.</param>
    /// <param name="bottom">The score at the lower edge.</param>
    /// <param name="top">The score at the upper edge, above <paramref name="bottom"/>.</param>
    public static string[] Draw(IReadOnlyList<double> scores, double threshold, int width, int height, double bottom, double top)
    {
        byte[,] cells = new byte[height, width];
        int across = width * DotsAcross, down = height * DotsDown;
        for (int x = 0; x < across && !double.IsNaN(threshold); x += 3)
        {
            Dot(x, threshold);
        }

        int columns = Math.Min(across, scores.Count);
        int previous = -1;
        for (int column = 0; column < columns; column++)
        {
            int from = (int)((long)column * scores.Count / columns), to = (int)(((long)column + 1) * scores.Count / columns);
            double sum = 0;
            for (int i = from; i < to; i++)
            {
                sum += scores[i];
            }

            double mean = sum / (to - from);
            if (!double.IsFinite(mean))
            {
                continue;
            }

            int row = Row(mean);
            // Join to the last dot, so that a steep rise reads as a line.
            for (int y = previous < 0 ? row : Math.Min(row, previous); y <= (previous < 0 ? row : Math.Max(row, previous)); y++)
            {
                Set(column, y);
            }

            previous = row;
        }

        string[] lines = new string[height];
        for (int y = 0; y < height; y++)
        {
            var line = new StringBuilder(width);
            for (int x = 0; x < width; x++)
            {
                line.Append((char)(0x2800 + cells[y, x]));
            }

            lines[y] = line.ToString();
        }

        return lines;

        int Row(double score)
        {
            double place = (Math.Clamp(score, bottom, top) - bottom) / (top - bottom);
            return Math.Clamp((int)Math.Round((1 - place) * (down - 1)), 0, down - 1);
        }

        void Dot(int x, double score) => Set(x, Row(score));

        void Set(int x, int y) => cells[y / DotsDown, x / DotsAcross] |= Bits[x % DotsAcross, y % DotsDown];
    }
}
