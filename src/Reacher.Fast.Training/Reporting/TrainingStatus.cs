using System.Text.Json;
using System.Text.Json.Nodes;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Reporting;

/// <summary>One checkpoint as <c>training_status.json</c> lists it.</summary>
/// <param name="Steps">Agent steps when it was saved.</param>
/// <param name="FilePath">The file that holds the checkpoint.</param>
/// <param name="Reward">Score of the last evaluation by then; null before the first.</param>
/// <param name="CreationTime">When it was saved, in seconds since 1970.</param>
internal sealed record CheckpointEntry(long Steps, string FilePath, double? Reward, double CreationTime);

/// <summary>
/// <c>run_logs/training_status.json</c> in ML-Agents' form (format version 0.3.0): each behaviour's checkpoints that are
/// still there, its final one, and what wrote them.
/// </summary>
internal static class TrainingStatus
{
    private const string FormatVersion = "0.3.0";

    private static readonly JsonSerializerOptions Style = new() { WriteIndented = true };

    /// <summary>Writes the file, all of it or nothing.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="checkpoints">Oldest first; those whose file is gone are left out.</param>
    /// <param name="final">The last one, at the run's end; null while it runs.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(RunFolder run, IEnumerable<CheckpointEntry> checkpoints, CheckpointEntry? final)
    {
        var behavior = new JsonObject
        {
            ["checkpoints"] = new JsonArray([.. checkpoints.Where(entry => File.Exists(entry.FilePath)).Select(ToJson)]),
        };
        if (final is not null)
        {
            behavior["final_checkpoint"] = ToJson(final);
        }

        var root = new JsonObject
        {
            [run.Behavior] = behavior,
            ["metadata"] = new JsonObject
            {
                ["stats_format_version"] = FormatVersion,
                ["reacher_fast_version"] = typeof(TrainingStatus).Assembly.GetName().Version?.ToString(3),
            },
        };
        AtomicFile.WriteText(run.TrainingStatus, root.ToJsonString(Style) + "\n");
    }

    private static JsonNode ToJson(CheckpointEntry entry) => new JsonObject
    {
        ["steps"] = entry.Steps,
        ["file_path"] = entry.FilePath,
        ["reward"] = entry.Reward is { } reward && double.IsFinite(reward) ? reward : null,
        ["creation_time"] = entry.CreationTime,
        ["auxillary_file_paths"] = new JsonArray(),
    };
}
