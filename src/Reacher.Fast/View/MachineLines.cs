using System.Globalization;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.View;

/// <summary>The machines that have joined a run, one on each line of the live view, and none where none has.</summary>
internal static class MachineLines
{
    private const int LongestName = 16;
    // The plot and the figures keep most of the terminal.
    private const int PartOfHeight = 8;

    private static readonly Style Grey = new(Color.Grey);
    private static readonly Style Green = new(Color.Green);
    private static readonly Style Yellow = new(Color.Yellow);

    /// <summary>Their lines; where there is no room for all, the last one says how many are left out.</summary>
    public static List<LiveLine> Of(IReadOnlyList<JoinedStatus> machines, int width, int height)
    {
        int most = Math.Max(1, height / PartOfHeight), shown = machines.Count <= most ? machines.Count : most - 1;
        // Those that need somebody's attention are not among those left out.
        JoinedStatus[] ordered = [.. machines.OrderByDescending(machine => machine.IsSilent)];
        List<LiveLine> lines = [.. ordered.Take(shown).Select(machine => Describe(machine, width))];
        if (shown < ordered.Length)
        {
            lines.Add(Others(ordered[shown..], shown == 0, width));
        }

        return lines;
    }

    private static LiveLine Describe(JoinedStatus machine, int width)
    {
        // A column a character is what the view counts with.
        string name = string.Concat(machine.Name.Select(letter => letter is > ' ' and <= '~' ? letter : '?'));
        name = name.Length > LongestName ? name[..(LongestName - 1)] + "…" : name.PadRight(LongestName);
        string state = machine.IsSilent
            ? string.Create(CultureInfo.InvariantCulture, $"silent for {machine.SilentSeconds:F0} s")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{machine.RowsPerSecond,9:N0} rows/s {machine.Waiting,7:N0} waiting, weights {machine.WeightsBehind} behind");
        return new LiveLine(width).Add("◆", machine.IsSilent ? Yellow : Green)
            .Add(string.Create(CultureInfo.InvariantCulture, $" {name} {machine.Environments,2} env "))
            .Add(state, Grey);
    }

    private static LiveLine Others(JoinedStatus[] others, bool areAll, int width)
    {
        int silent = others.Count(machine => machine.IsSilent);
        double rows = others.Sum(machine => machine.RowsPerSecond);
        string which = areAll ? $"{others.Length} machines" : $"and {others.Length} more machines", lost = silent > 0 ? $"{silent} silent, " : "";
        string text = string.Create(CultureInfo.InvariantCulture, $"{which}, {lost}{rows:N0} rows/s");
        return new LiveLine(width).Add("◆", silent > 0 ? Yellow : Green).Add(" ").Add(text, Grey);
    }
}
