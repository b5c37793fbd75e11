using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
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
internal sealed record EvaluationRecord(
    long Episode, double Score, double Deviation, long WeightVersion, long Transitions, long TrainingEpisodes, DateTimeOffset Time);

/// <summary>
/// The evaluation scores as a file, a JSON object a line, so that the window outlives the process that fills it: a restarted or resumed
/// evaluation goes on where the last whole line ends. On a full disk scores are kept in memory and written once there is room.
/// </summary>
internal sealed class EvaluationLog : IDisposable
{
    private readonly List<byte> unwritten = [];
    private readonly FileStream stream;

    public EvaluationLog(string path)
    {
        var reader = new EvaluationReader(path);
        List<EvaluationRecord> records = reader.ReadToEnd();
        (Count, Last) = (records.Count, records.LastOrDefault());
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

    /// <summary>Appends an episode to the log.</summary>
    /// <returns>One sentence if it, or those before it, could not be written yet; null if the file has them all.</returns>
    public string? Append(EvaluationRecord record)
    {
        (Count, Last) = (Count + 1, record);
        unwritten.AddRange(Encoding.UTF8.GetBytes(LineOf(record)));
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
