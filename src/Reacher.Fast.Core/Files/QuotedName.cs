namespace Reacher.Fast.Core.Files;

/// <summary>Names and texts from elsewhere, made fit for a message: short, on one line, without characters that a terminal would obey.</summary>
internal static class QuotedName
{
    private const int LongestName = 60;
    private const int LongestReason = 300;

    /// <summary>A name from a file, in single quotes.</summary>
    public static string Of(string name) => $"'{PrintableText.Of(name, LongestName, oneLine: true)}'";

    /// <summary>What a library says of an error, as a part of a sentence.</summary>
    public static string Reason(Exception error) => PrintableText.Of(
        error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.'), LongestReason, oneLine: true);

    /// <summary>The first line of that: what a library adds in further ones is for its own developers.</summary>
    public static string FirstReason(Exception error) => error.Message.Split('\n')[0].TrimEnd('.', '\r');
}
