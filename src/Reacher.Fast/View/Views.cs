using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.View;

/// <summary>Chooses how a run shows itself.</summary>
internal static class Views
{
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
