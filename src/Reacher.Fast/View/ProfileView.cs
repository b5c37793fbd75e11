using System.Globalization;
using Reacher.Fast.Training.Profiling;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reacher.Fast.View;

/// <summary>The profile as one table for each device, with its sentences below.</summary>
internal static class ProfileView
{
    /// <summary>Draws the profile on a terminal, while it is measured and at its end.</summary>
    /// <param name="report">What has been measured so far.</param>
    /// <param name="doing">What is being measured; null at the end.</param>
    public static IRenderable Draw(ProfileReport report, string? doing)
    {
        var parts = new List<IRenderable>();
        foreach (DeviceProfile device in report.Devices)
        {
            parts.Add(new Markup($"[bold]{Markup.Escape(device.Device)}[/]  [grey]{Markup.Escape(device.Setup)}[/]"));
            parts.Add(DrawTable(device));
            parts.AddRange(Sentences(device).Select(sentence => new Markup(Markup.Escape(sentence))));
        }

        if (doing is null && report.InstructionSets.Count > 0)
        {
            parts.Add(new Markup(Markup.Escape(InstructionSetComparison.Describe(report.InstructionSets))));
        }

        parts.AddRange(report.Notes.Select(note => new Markup($"[yellow]{Markup.Escape(note)}[/]")));
        if (doing is not null)
        {
            parts.Add(new Markup($"[grey]{Markup.Escape(doing)}[/]"));
        }

        return new Rows(parts);
    }

    /// <summary>Writes the profile as plain lines, where there is no terminal.</summary>
    public static void Write(ProfileReport report, TextWriter to)
    {
        foreach (DeviceProfile device in report.Devices)
        {
            to.WriteLine($"{device.Device}; {device.Setup}");
            foreach (string[] row in Rows(device).Prepend(Header))
            {
                to.WriteLine($"  {row[0],-8}{row[1],-15}{row[2],20}{row[3],12}  {row[4],-26}{row[5],9}{row[6],9}  {row[7]}".TrimEnd());
            }

            foreach (string sentence in Sentences(device))
            {
                to.WriteLine(sentence);
            }
        }

        if (report.InstructionSets.Count > 0)
        {
            to.WriteLine(InstructionSetComparison.Describe(report.InstructionSets));
        }

        foreach (string note in report.Notes)
        {
            to.WriteLine(note);
        }
    }

    private static string[] Header => ["process", "stage", "rate", "limit", "which is", "of limit", "of time", "bound by"];

    private static IEnumerable<string[]> Rows(DeviceProfile device)
    {
        foreach (StageFigures stage in device.Stages)
        {
            yield return
            [
                stage.Role == StageRole.Learner ? "learner" : "env",
                stage.Name,
                $"{Rate(stage.Rate)} {stage.Unit}/s",
                stage.Limit is double limit ? Rate(limit) : "-",
                stage.LimitName ?? "-",
                stage.Percent is double percent ? DeviceProfile.Percent(percent) : "-",
                DeviceProfile.Percent(stage.Share),
                stage.BoundBy ?? "-",
            ];
        }

        if (device.Run is { } run)
        {
            bool learner = run.Slower == StageRole.Learner;
            yield return
            [
                "run", "together", $"{Rate(run.Measured.UpdatesPerSecond)} updates/s", Rate(Math.Min(run.LearnerAlone, run.EnvironmentsAlone)),
                learner ? "learner's stages" : "environments' stages", DeviceProfile.Percent(run.Percent), "",
                learner ? "the learner" : "the environments",
            ];
            yield return ["", "", $"{Rate(run.Measured.TransitionsPerSecond)} transitions/s", "", "", "", "", Processors(run)];
        }
    }

    private static string Processors(WholeRun run) => string.Join(
        ", ", run.Measured.Processes.Select(process => string.Create(CultureInfo.InvariantCulture, $"{process.Key} {process.Value:F0} %")));

    private static Table DrawTable(DeviceProfile device)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (int i = 0; i < Header.Length; i++)
        {
            TableColumn column = new TableColumn($"[grey]{Header[i]}[/]").NoWrap();
            table.AddColumn(i is 2 or 3 or 5 or 6 ? column.RightAligned() : column);
        }

        foreach (string[] row in Rows(device))
        {
            table.AddRow([.. row.Select((cell, i) => new Markup(i == 5 ? $"[bold]{Markup.Escape(cell)}[/]" : Markup.Escape(cell)))]);
        }

        return table;
    }

    private static IEnumerable<string> Sentences(DeviceProfile device)
    {
        if (device.Run is { } run)
        {
            yield return run.Bound;
        }

        if (device.LargestGap is string gap)
        {
            yield return gap;
        }
    }

    /// <summary>Three digits and a letter: 1.23 M.</summary>
    internal static string Rate(double value) => value switch
    {
        >= 1e9 => Digits(value / 1e9) + " G",
        >= 1e6 => Digits(value / 1e6) + " M",
        >= 1e4 => Digits(value / 1e3) + " k",
        _ => Digits(value),
    };

    private static string Digits(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
