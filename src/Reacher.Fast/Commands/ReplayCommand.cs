using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Commands;

/// <summary>
/// <c>replay inspect</c> and <c>replay verify</c>: what a replay file holds, and whether every row of it is whole. Both work while the run
/// that writes the file goes on.
/// </summary>
internal static class ReplayCommand
{
    private static readonly ReplayOptions AsItIs = new() { Repair = false };

    public static Command Create() => new("replay", "Look into a replay file.") { Inspect(), Verify() };

    private static Command Inspect()
    {
        (Argument<string> file, Option<bool> json) = (File(), CommonOptions.Json());
        var command = new Command("inspect", "Show a replay's header, counters and writers.") { file, json };
        command.SetAction(result =>
        {
            using ReplayFile replay = ReplayFile.Open(result.GetValue(file)!, options: AsItIs);
            ReplayInspection found = ReplayInspector.Inspect(replay);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(found, JsonStyle.PrintedIndented));
                return;
            }

            Line("file", $"{found.Path}, {found.FileBytes:N0} bytes, format {found.FormatVersion}");
            Line("created", $"{found.Created.ToLocalTime():yyyy-MM-dd HH:mm:ss} by process {found.CreatorPid}");
            Line("row", $"{found.RowBytes} bytes: observation {found.ObservationSize}, action {found.ActionSize}");
            Line("rows", $"{found.Count:N0} of {found.Capacity:N0}, {found.WrittenRows:N0} written in all");
            foreach (WriterInspection writer in found.Writers)
            {
                Line($"writer {writer.Lease}",
                    $"process {writer.Pid} ({(writer.Alive ? "alive" : "dead")}), streams from {writer.FirstStream}, ",
                    $"{writer.PublishedRows:N0} rows{(writer.Writing ? ", writing" : "")}");
            }
        });
        return command;
    }

    private static Command Verify()
    {
        (Argument<string> file, Option<bool> json) = (File(), CommonOptions.Json());
        var command = new Command("verify", "Check every stamp and every checksum of a replay; exit code 1 if one is wrong.") { file, json };
        command.SetAction(result =>
        {
            using ReplayFile replay = ReplayFile.Open(result.GetValue(file)!, options: AsItIs);
            bool show = !result.GetValue(json) && !Console.IsErrorRedirected;
            IProgress<double>? progress = show ? new PercentLine() : null;
            ReplayVerification found = ReplayVerifier.Verify(replay, progress);
            if (show)
            {
                Console.Error.Write("\r            \r");
            }

            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(found, JsonStyle.PrintedIndented));
            }
            else
            {
                Line("slots",
                    $"{found.Slots:N0}: {found.Published:N0} whole, {found.Empty:N0} empty, {found.InProgress:N0} being written, ",
                    $"{found.Abandoned:N0} abandoned by dead writers");
                if (found.IsClean)
                {
                    Line("damage", $"none");
                }
                else
                {
                    Line("damage",
                        $"{found.BadStamps:N0} impossible stamps, {found.BadChecksums:N0} wrong checksums, the first in slot ",
                        $"{found.FirstBadSlot:N0}");
                }
            }

            return found.IsClean ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static Argument<string> File() => new("file") { Description = "The replay: results/RUN/replay.map of a run." };

    private static void Line(string name, params FormattableString[] parts) =>
        Console.WriteLine($"{name,-10} {string.Concat(parts.Select(FormattableString.Invariant))}");

    private sealed class PercentLine : IProgress<double>
    {
        public void Report(double value) => Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{100 * value,5:F1} %"));
    }
}
