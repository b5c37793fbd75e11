using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.Runner.View;

/// <summary>Chooses how a run shows itself.</summary>
internal static class Views
{
    /// <summary>The live view on a terminal, plain lines without one, records with <c>--json</c>.</summary>
    public static RunReporter Create(bool json) =>
        json ? new JsonReporter() : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new LiveReporter() : new PlainReporter();
}
