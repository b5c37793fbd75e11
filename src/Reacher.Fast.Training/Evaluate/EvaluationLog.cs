using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>One evaluation episode.</summary>
/// <param name="Episode">Its number, from 0, over the whole run.</param>
/// <param name="Score">Mean over the agents.</param>
/// <param name="Deviation">Standard deviation over the agents.</param>
/// <param name="WeightVersion">Updates behind the weights.</param>
/// <param name="Transitions">Transitions the run had made when it ended.</param>
/// <param name="TrainingEpisodes">Training episodes that had ended.</param>
/// <param name="Time">When the episode ended.</param>
/// <param name="EvaluationMean">Mean over all episodes that the same weights played side by side; null where it was played alone.</param>
internal sealed record EvaluationRecord(
    long Episode,
    double Score,
    double Deviation,
    long WeightVersion,
    long Transitions,
    long TrainingEpisodes,
    DateTimeOffset Time,
    double? EvaluationMean = null)
{
    /// <summary>What the weights are judged by: the mean of all episodes that they played, or the score of the only one.</summary>
    [JsonIgnore]
    public double Mean => EvaluationMean ?? Score;
}

/// <summary>
/// The evaluation scores as a file, a JSON object a line, so that the window outlives the process that fills it: a restarted or resumed
/// evaluation goes on where the last whole line ends. On a full disk scores are kept in memory and written once there is room.
/// </summary>
internal sealed class EvaluationLog : IDisposable
{
    private readonly List<byte> unwritten = [];
    private readonly FileStream stream;

    /// <summary>Opens the log, which is made where there is none, and reads it once: that of a run of days has millions of lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="recent">How many of its last episodes to keep (<see cref="Recent"/>); 1 or more.</param>
    public EvaluationLog(string path, int recent)
    {
        var reader = new EvaluationReader(path) { KeepLast = recent };
        Recent = reader.ReadToEnd();
        (Count, Last) = (reader.Episodes, Recent.Count == 0 ? null : Recent[^1]);
        stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        // A line that a killed process left unfinished is dropped, since its episode was never counted.
        stream.SetLength(reader.Position);
        stream.Seek(0, SeekOrigin.End);
        if (reader.UnreadableLines > 0)
        {
            Warning = $"{reader.UnreadableLines} of the lines of '{path}' cannot be read, so those evaluation episodes do not count.";
        }
    }

    /// <summary>One sentence about lines that could not be read on opening; null if all could.</summary>
    public string? Warning { get; }

    /// <summary>Episodes that were there on opening and that were appended since. They are in the file alone: a run makes millions.</summary>
    public long Count { get; private set; }

    /// <summary>The newest of them; null where there is none.</summary>
    public EvaluationRecord? Last { get; private set; }

    /// <summary>The last episodes that were there on opening, the oldest first.</summary>
    public IReadOnlyList<EvaluationRecord> Recent { get; }

    /// <summary>Reads the whole lines of a log; a last line without its end is left out.</summary>
    public static IReadOnlyList<EvaluationRecord> Read(string path) => new EvaluationReader(path).ReadToEnd();

    /// <summary>Forgets all but the first <paramref name="count"/> episodes: a run that goes back to a checkpoint plays them again.</summary>
    public static void Truncate(string path, long count)
    {
        if (!File.Exists(path))
        {
            return;
        }

        IReadOnlyList<EvaluationRecord> records = Read(path);
        if (records.Count > count)
        {
            AtomicFile.WriteText(path, string.Concat(records.Take((int)count).Select(LineOf)));
        }
    }

    /// <summary>Appends the episodes of an evaluation to the log.</summary>
    /// <returns>One sentence if they, or those before them, could not be written yet; null if the file has them all.</returns>
    public string? Append(params ReadOnlySpan<EvaluationRecord> episodes)
    {
        foreach (EvaluationRecord episode in episodes)
        {
            (Count, Last) = (Count + 1, episode);
            unwritten.AddRange(Encoding.UTF8.GetBytes(LineOf(episode)));
        }

        try
        {
            RecordFile.Append(stream, CollectionsMarshal.AsSpan(unwritten));
            unwritten.Clear();
            return null;
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            return $"Evaluation scores are not written ({AtomicFile.Reason(error)}); they will be once they can.";
        }
    }

    public void Dispose() => stream.Dispose();

    private static string LineOf(EvaluationRecord record) => JsonSerializer.Serialize(record, JsonStyle.Line) + "\n";
}
