using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.View;

/// <summary>Chooses how a run shows itself.</summary>
internal static class Views
{
    /// <summary>
    /// A sentence as lines for where it is written: for a terminal it is broken between words, which a terminal does not do; elsewhere it is one
    /// line.
    /// </summary>
    /// <param name="sentence">The sentence, or several lines.</param>
    /// <param name="isTerminal">Whether it is written to a terminal.</param>
    /// <param name="indent">Spaces at the beginning of what does not fit into its line.</param>
    public static string Lines(string sentence, bool isTerminal, int indent = 0) =>
        WrappedText.OfLines(sentence, isTerminal ? Math.Max(1, AnsiConsole.Profile.Width) : int.MaxValue, indent);

    /// <summary>The live view on a terminal, plain lines without one, records with <c>--json</c>.</summary>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    /// <param name="output">What standard output goes through.</param>
    public static IRunView Create(bool json, OutputPipe output)
    {
        if (json)
        {
            return new JsonView(output);
        }

        // A terminal that takes no escapes (TERM=dumb) could not be drawn over.
        return AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true } && !Console.IsOutputRedirected
            ? new TerminalView(output)
            : new PlainView(output);
    }
}
