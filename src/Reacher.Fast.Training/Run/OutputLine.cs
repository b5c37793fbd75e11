using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// What the beginning of a line of this program's output means. A child process talks to its supervisor through its output alone: the
/// supervisor shows warnings to the user, quotes errors when the child dies, and keeps every line in the child's log.
/// </summary>
internal static class OutputLine
{
    /// <summary>The environment variable that asks for stack traces.</summary>
    public const string TraceVariable = "REACHER_FAST_TRACE";

    /// <summary>What a line with the sentence that a verb fails with begins with.</summary>
    public const string ErrorPrefix = "reacher-fast: ";

    private const string WarningPrefix = "warning: ";
    private const int LongestTrace = 1 << 16;

    /// <summary>What makes lines for a terminal of what <see cref="Write"/> is given; null where it goes elsewhere, as a child's does.</summary>
    public static Func<string, string>? ForTerminal { get; set; }

    /// <summary>Whether the user wants to see stack traces.</summary>
    public static bool WantsTraces => Environment.GetEnvironmentVariable(TraceVariable) is not null;

    /// <summary>Writes the sentence that a verb fails with.</summary>
    public static void WriteError(string sentence) => Write(ErrorPrefix + sentence);

    /// <summary>Writes what a verb fails with when it is not the user's input that is wrong; the stack trace too, where it is asked for.</summary>
    public static void WriteFailure(Exception failure)
    {
        WriteError(failure.Message);
        Write(WantsTraces ? failure.ToString() : $"Set {TraceVariable}=1 for the stack trace.", LongestTrace);
    }

    /// <summary>Writes a sentence that the user should read although the process goes on; in a child, its supervisor shows it.</summary>
    public static void WriteWarning(string sentence) => Write(WarningPrefix + sentence);

    /// <summary>
    /// Writes lines for the user or, in a child, for its log. What a terminal would obey in them is written out, and what is too long is
    /// cut. A standard error that cannot be written changes nothing.
    /// </summary>
    public static void Write(string line, int longest = PrintableText.Longest)
    {
        try
        {
            string text = PrintableText.Of(line, longest);
            Console.Error.Write(ForTerminal?.Invoke(text) ?? text + Environment.NewLine);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // The exit code still says that something went wrong.
        }
    }

    /// <summary>The sentence, if the line is one that <see cref="WriteError"/> wrote; else null.</summary>
    public static string? ErrorIn(string line) => After(ErrorPrefix, line);

    /// <summary>The sentence, if the line is one that <see cref="WriteWarning"/> wrote; else null.</summary>
    public static string? WarningIn(string line) => After(WarningPrefix, line);

    /// <summary>The level under which the line goes into a log.</summary>
    public static string LevelOf(string line) => WarningIn(line) is not null ? "WARNING" : ErrorIn(line) is not null ? "ERROR" : "INFO";

    private static string? After(string prefix, string line) =>
        line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : null;
}
