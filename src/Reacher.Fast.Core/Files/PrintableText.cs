using System.Globalization;
using System.Text;

namespace Reacher.Fast.Core.Files;

/// <summary>
/// Text from elsewhere (a player, a file, a name) made fit for a terminal and a log: what a terminal would obey is written out, and what
/// is too long is cut. All that the program prints or logs in sentences goes through here.
/// </summary>
internal static class PrintableText
{
    /// <summary>The most characters of a sentence or a line; more than anything this program says by itself.</summary>
    public const int Longest = 4000;

    /// <summary>
    /// <paramref name="text"/> with control characters, marks that reverse the direction of writing, and halves of characters as escapes
    /// such as <c>\x1b</c>, and no longer than <paramref name="longest"/> characters of its own.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">The most of it that is kept; three dots stand for the rest.</param>
    /// <param name="oneLine">Whether ends of lines are escaped too.</param>
    public static string Of(string text, int longest = Longest, bool oneLine = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var printable = new StringBuilder();
        int end = Math.Min(text.Length, longest);
        for (int i = 0; i < end; i++)
        {
            char letter = text[i];
            if (char.IsHighSurrogate(letter) && i + 1 < end && char.IsLowSurrogate(text[i + 1]))
            {
                printable.Append(letter).Append(text[++i]);
            }
            else if (IsObeyed(letter) && (oneLine || letter is not ('\n' or '\t')))
            {
                printable.Append(CultureInfo.InvariantCulture, $"{(letter < 0x100 ? $"\\x{(int)letter:x2}" : $"\\u{(int)letter:x4}")}");
            }
            else
            {
                printable.Append(letter);
            }
        }

        return printable.Append(text.Length > longest ? "..." : "").ToString();
    }

    private static bool IsObeyed(char letter) =>
        char.IsControl(letter) || char.IsSurrogate(letter) ||
        char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
