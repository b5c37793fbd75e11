using System.Text;

namespace Reacher.Fast.Core.Files;

/// <summary>Names and texts out of a file, made fit for a message: short, on one line, without characters that a terminal would obey.</summary>
internal static class QuotedName
{
    private const int Longest = 60;

    /// <summary>The name in single quotes.</summary>
    public static string Of(string name) => $"'{Shortened(name, Longest)}'";

    /// <summary>The text, of which no more than <paramref name="longest"/> characters are kept.</summary>
    public static string Shortened(string text, int longest)
    {
        var printable = new StringBuilder();
        foreach (char letter in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            printable.Append(char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter);
        }

        return printable.Append(text.Length > longest ? "..." : "").ToString();
    }
}
