using System.Text;

namespace Reacher.Fast.View;

/// <summary>
/// Text for a terminal of so many columns. It is broken between words alone, so that what is longer than a line can still be copied.
/// </summary>
internal static class WrappedText
{
    /// <summary>One line, or several of which each but the first begins with <paramref name="indent"/> spaces, with a newline behind each.</summary>
    /// <param name="line">The text; spaces at its beginning and between words stay.</param>
    /// <param name="width">Columns of a line.</param>
    /// <param name="indent">Spaces at the beginning of each line but the first.</param>
    public static string Of(string line, int width, int indent = 0)
    {
        var text = new StringBuilder();
        while (line.Length > width)
        {
            // The last space that leaves a whole word before it, behind the indent; else the first behind the word that is too long.
            int begin = Math.Max(line.Length - line.TrimStart().Length, Math.Min(indent, line.Length - 1));
            int space = line.LastIndexOf(' ', width);
            space = space > begin ? space : line.IndexOf(' ', Math.Max(begin, Math.Min(width, line.Length - 1)));
            string rest = space < 0 ? "" : line[space..].TrimStart();
            if (rest.Length == 0)
            {
                line = OnItsOwnLine(text, line, width, indent);
                break;
            }

            text.Append(line.AsSpan()[..space].TrimEnd()).Append('\n');
            line = new string(' ', indent) + rest;
        }

        return text.Append(line).Append('\n').ToString();
    }

    /// <summary>Several lines, each as <see cref="Of"/> has one.</summary>
    /// <param name="lines">The text.</param>
    /// <param name="width">Columns of a line.</param>
    /// <param name="indent">Spaces at the beginning of what does not fit into its line.</param>
    public static string OfLines(string lines, int width, int indent = 0) =>
        string.Concat(lines.Split('\n').Select(line => Of(line, width, indent)));

    // A last word that is too long behind its indent, such as a path, stands on a line of its own where that holds it: as far to the right as
    // it fits, up to the indent.
    private static string OnItsOwnLine(StringBuilder text, string line, int width, int indent)
    {
        int space = line.LastIndexOf(' ');
        string before = line[..Math.Max(0, space)].TrimEnd(), word = line[(space + 1)..];
        if (before.Length == 0 || word.Length == 0 || word.Length > width)
        {
            return line;
        }

        text.Append(before).Append('\n');
        return new string(' ', Math.Min(indent, width - word.Length)) + word;
    }
}
