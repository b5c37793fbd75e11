using System.Text.Json;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Reads a log of evaluation episodes (<see cref="EvaluationLog"/>) as it grows: each call goes on where the last whole line ended, so that a run of
/// a million evaluations is not read from its beginning at each look. A line that cannot be read costs its own episode and no other.
/// </summary>
/// <param name="path">The log, which need not exist yet.</param>
/// <param name="open">Opens it; null for the file system, which tests replace.</param>
internal sealed class EvaluationReader(string path, Func<Stream>? open = null)
{
    private const int MostBytesAtOnce = 1 << 24;

    /// <summary>Where the last whole line ended, in bytes.</summary>
    public long Position { get; private set; }

    /// <summary>Episodes read so far.</summary>
    public long Episodes { get; private set; }

    /// <summary>The number of the last episodes of a call that it returns; all where null.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Whole lines so far that are no evaluation episode.</summary>
    public int UnreadableLines { get; private set; }

    /// <summary>
    /// All episodes of the log, to its end: one who then writes behind <see cref="Position"/> must not take what could not be read for the end.
    /// </summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public List<EvaluationRecord> ReadToEnd()
    {
        List<EvaluationRecord> records = [];
        for (List<EvaluationRecord> more; (more = ReadNew()).Count > 0;)
        {
            records.AddRange(more);
        }

        Forget(records);
        return records;
    }

    /// <summary>
    /// The episodes of the whole lines that have come since the last call, oldest first; where the log cannot be read on, those before.
    /// </summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public List<EvaluationRecord> ReadNew()
    {
        var records = new List<EvaluationRecord>();
        var log = new FileInfo(path);
        if (!log.Exists || log.Length <= Position)
        {
            return records;
        }

        using Stream stream = open?.Invoke() ??
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] bytes = new byte[Math.Min(log.Length - Position, MostBytesAtOnce)];
        long before;
        do
        {
            before = Position;
            int length;
            try
            {
                stream.Seek(Position, SeekOrigin.Begin);
                // A writer whose disk is full cuts off what did not fit, so the file may end before the length that was just seen.
                length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }
            catch (Exception error) when (IoFailure.Is(error) && records.Count > 0)
            {
                // The position is behind these episodes; the next call fails if the log still cannot be read.
                return records;
            }

            TakeLines(bytes.AsSpan(0, length), records);
            Forget(records);
        }
        while (Position > before);

        return records;
    }

    private void Forget(List<EvaluationRecord> records)
    {
        if (KeepLast is int kept && records.Count > kept)
        {
            records.RemoveRange(0, records.Count - kept);
        }
    }

    private void TakeLines(ReadOnlySpan<byte> bytes, List<EvaluationRecord> records)
    {
        for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            Position += end + 1;
            try
            {
                records.Add(JsonSerializer.Deserialize<EvaluationRecord>(bytes[..end], JsonStyle.Line) ?? throw new JsonException("null"));
                Episodes++;
            }
            catch (JsonException)
            {
                UnreadableLines++;
            }
        }
    }
}
