using System.CommandLine;
using System.Text.Json;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Processes;
using Spectre.Console;

namespace Reacher.Fast.Commands;

/// <summary><c>doctor</c>: what this machine offers, what will be used, and what to do to get more.</summary>
internal static class DoctorCommand
{
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

        foreach (Finding finding in findings)
        {
            string mark = finding.Level switch { FindingLevel.Good => "[green]ok[/]  ", FindingLevel.Note => "[yellow]note[/]", _ => "[red]bad[/] " };
            AnsiConsole.MarkupLine($"{mark} {Markup.Escape(finding.Subject),-18} {Markup.Escape(finding.Found)}");
            if (finding.Advice is not null)
            {
                AnsiConsole.MarkupLine($"     {"",-18} [grey]{Markup.Escape(finding.Advice)}[/]");
            }
        }

        return findings.Any(finding => finding.Level == FindingLevel.Bad) ? ExitCodes.Failed : ExitCodes.Done;
    }
}
