using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.Runner.View;

/// <summary>Chooses how a run shows itself.</summary>
internal static class Views
{
    /// <summary>The live view on a terminal, plain lines without one, records with <c>--json</c>.</summary>
    public static IRunView Create(bool json)
    {
        if (json)
        {
            return new JsonView();
        }

        return AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new TerminalView() : new PlainView();
    }
}
