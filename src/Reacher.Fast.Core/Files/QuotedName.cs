using System.Text;

namespace Reacher.Fast.Core.Files;

/// <summary>Names and texts from elsewhere, made fit for a message: short, on one line, without characters that a terminal would obey.</summary>
internal static class QuotedName
{
    private const int LongestName = 60;
    private const int LongestReason = 300;

    /// <summary>A name from a file, in single quotes.</summary>
    public static string Of(string name) => $"'{Shortened(name, LongestName)}'";

    /// <summary>What a library says of an error, as a part of a sentence.</summary>
    public static string Reason(Exception error) => Shortened(error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.'), LongestReason);

    private static string Shortened(string text, int longest)
    {
        var printable = new StringBuilder();
        foreach (char letter in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            printable.Append(char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter);
        }

        return printable.Append(text.Length > longest ? "..." : "").ToString();
    }
}
