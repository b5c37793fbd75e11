using System.Globalization;
using System.Net;
using System.Text;
using Reacher.Fast.Training.Reporting.Metrics;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>The machines that have joined a run, each with what it brought over the whole of it; nothing where none has.</summary>
internal static class MachineTable
{
    /// <summary>The section of the page.</summary>
    public static string Render(IReadOnlyList<MetricsLine> progress)
    {
        // Two machines may have the same name, and never the same place at the same time.
        IGrouping<(int Place, string Name), JoinedStatus>[] machines = [.. progress
            .SelectMany(line => line.Machines ?? []).GroupBy(machine => (machine.Place, machine.Name)).OrderBy(machine => machine.Key)];
        if (machines.Length == 0)
        {
            return "";
        }

        var table = new StringBuilder("<h2>Joined machines</h2>\n<div class=\"card machines\"><table>\n<tr>");
        string[] heads =
            ["machine", "env processes", "rows", "rows/s", "waiting rows, at most", "updates behind, mean", "at most", "silent, at most"];
        foreach (string head in heads)
        {
            table.Append(CultureInfo.InvariantCulture, $"<th>{head}</th>");
        }

        table.Append("</tr>\n");
        foreach (IGrouping<(int Place, string Name), JoinedStatus> seen in machines)
        {
            JoinedStatus[] states = [.. seen];
            double mean = states.Average(one => one.WeightsBehind), rate = states.Average(one => one.RowsPerSecond);
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(seen.Key.Name)}</td><td>{states[^1].Environments}</td>");
            table.Append(CultureInfo.InvariantCulture, $"<td>{RowsOf(states):N0}</td><td>{rate:N0}</td><td>{states.Max(one => one.Waiting):N0}</td>");
            table.Append(CultureInfo.InvariantCulture, $"<td>{mean:N0}</td><td>{states.Max(one => one.WeightsBehind):N0}</td>");
            table.Append(CultureInfo.InvariantCulture, $"<td>{states.Max(one => one.SilentSeconds):F1} s</td></tr>\n");
        }

        return table.Append("</table></div>\n").ToString();
    }

    // A machine that comes back counts from 0 again.
    private static long RowsOf(JoinedStatus[] states)
    {
        long rows = 0, before = 0;
        foreach (JoinedStatus state in states)
        {
            rows += state.Rows >= before ? state.Rows - before : state.Rows;
            before = state.Rows;
        }

        return rows;
    }
}
