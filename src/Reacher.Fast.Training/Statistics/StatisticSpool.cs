using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Statistics;

/// <summary>
/// How scenes' statistics come from the processes that step their players to the one that records: small files in a folder. A writer adds
/// one now and then, whole by renaming it; the reader takes them away. Neither side waits for the other, and a file that one reader has not
/// come to is read by the next. A scene reports only a few values an episode, so writing them slows no step.
/// </summary>
internal static class StatisticSpool
{
    private const string Suffix = ".json";

    /// <summary>Adds what a worker has counted.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string folder, int worker, IReadOnlyCollection<StatisticTotal> totals)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow.Ticks:D20}-{worker}"));
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(totals, JsonStyle.Line));
        File.Move(path, path + Suffix);
    }

    /// <summary>Takes all there are, oldest first.</summary>
    public static void Collect(string folder, StatisticTotals into)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string path in Directory.GetFiles(folder, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            bool isFirstWorker = path.EndsWith("-0" + Suffix, StringComparison.Ordinal);
            try
            {
                byte[] bytes = File.ReadAllBytes(path);
                File.Delete(path);
                foreach (StatisticTotal total in JsonSerializer.Deserialize<List<StatisticTotal>>(bytes, JsonStyle.Line) ?? [])
                {
                    // "The most recent" of several scenes means nothing: the first one's counts, as with mlagents-learn.
                    if (isFirstWorker || total.Aggregation != StatisticAggregation.MostRecent)
                    {
                        into.Add(total);
                    }
                }
            }
            catch (Exception exception) when (IoFailure.Is(exception) || exception is JsonException)
            {
                // The machine crashed while this file was written; the run goes on without its few points of a curve.
            }
        }
    }
}
