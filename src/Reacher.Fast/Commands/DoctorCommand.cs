using System.CommandLine;
using System.Text.Json;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.View;
using Spectre.Console;

namespace Reacher.Fast.Commands;

/// <summary><c>doctor</c>: what this machine offers, what will be used, and what to do to get more.</summary>
internal static class DoctorCommand
{
    private const int Width = 80;
    private const int TextColumn = 24;

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Show what this machine offers, what will be used, and what to do to get more.") { json };
        command.SetAction(result => Run(result.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        IReadOnlyList<Finding> findings = Doctor.Examine();
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(findings, JsonStyle.PrintedIndented));
            return ExitCodes.Done;
        }

        // Redirected or in a terminal, a finding is broken into lines of the same width; colours are for a terminal alone.
        bool isColoured = AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected;
        foreach (Finding finding in findings)
        {
            (string mark, string colour) = finding.Level switch
            {
                FindingLevel.Good => ("ok", "32"),
                FindingLevel.Note => ("note", "33"),
                _ => ("bad", "31"),
            };
            string text = WrappedText.Of($"{mark,-4} {finding.Subject,-TextColumn + 6} {finding.Found}", Width, TextColumn);
            Console.Write(isColoured ? $"\u001b[{colour}m{mark}\u001b[0m{text[mark.Length..]}" : text);
            if (finding.Advice is not null)
            {
                Console.Write(WrappedText.Of(new string(' ', TextColumn) + finding.Advice, Width, TextColumn));
            }
        }

        return findings.Any(finding => finding.Level == FindingLevel.Bad) ? ExitCodes.Failed : ExitCodes.Done;
    }
}
