using System.Text.Json;
using System.Text.Json.Serialization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>
/// <c>metrics.jsonl</c>: one JSON object a line, appended. A line is written by one call and given to the operating system at
/// once, so it survives the process; half a line that a power cut or a full disk left is cut off by the next writer.
/// </summary>
internal sealed class MetricsFile : IDisposable
{
    private static readonly JsonSerializerOptions Style = FigureJson.Spread<MetricsLine>(
        new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        },
        nameof(MetricsLine.Figures),
        ProgressFigures.All,
        read: (line, figure) => line.Figure(figure.Figure.Name),
        write: TakeFigure);

    private readonly FileStream stream;

    /// <summary>Opens <paramref name="path"/> to go on with it, or creates it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public MetricsFile(string path)
    {
        stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        stream.SetLength(CompleteLength(stream));
        stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>Appends a line.</summary>
    /// <exception cref="IOException">It cannot be written; the file is as it was.</exception>
    public void Append(MetricsLine line)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(line.Finite, Style);
        RecordFile.Append(stream, [.. json, (byte)'\n']);
    }

    /// <summary>Reads a file, also one that is being written: lines that are not complete are left out.</summary>
    /// <exception cref="InputException">It is missing, cannot be read, or a complete line is not one of these.</exception>
    public static IReadOnlyList<MetricsLine> Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            var lines = new List<MetricsLine>();
            string[] texts = reader.ReadToEnd().Split('\n');
            for (int i = 0; i < texts.Length - 1; i++)
            {
                lines.Add(ParseLine(texts[i], path, i + 1));
            }

            return lines;
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The metrics '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Takes out the lines of more than <paramref name="transitions"/>: a run that goes back to there records them again.</summary>
    /// <exception cref="IOException">The file cannot be written; it is as it was.</exception>
    public static void Cut(string path, long transitions)
    {
        if (File.Exists(path) && File.ReadLines(path).Any(IsLater))
        {
            AtomicFile.Write(path, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                foreach (string line in File.ReadLines(path).Where(line => !IsLater(line)))
                {
                    writer.WriteLine(line);
                }
            });
        }

        bool IsLater(string line)
        {
            try
            {
                return JsonSerializer.Deserialize<MetricsLine>(line, Style)?.Transitions > transitions;
            }
            catch (JsonException)
            {
                // Half a line, which whoever opens the file cuts off, or a damaged one, which whoever reads it names.
                return false;
            }
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    private static MetricsLine ParseLine(string text, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<MetricsLine>(text, Style) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}:{number}: this is not a line of metrics; restore the file or delete the line.", error);
        }
    }

    private static void TakeFigure(MetricsLine line, ProgressFigure figure, double? value)
    {
        if (value is { } measured)
        {
            line.Figures[figure.Figure.Name] = measured;
        }
    }

    private static long CompleteLength(FileStream stream)
    {
        const int Piece = 4096;
        byte[] bytes = new byte[Piece];
        for (long end = stream.Length; end > 0; end -= Piece)
        {
            long start = Math.Max(0, end - Piece);
            Span<byte> piece = bytes.AsSpan(0, (int)(end - start));
            stream.Seek(start, SeekOrigin.Begin);
            stream.ReadExactly(piece);
            int newline = piece.LastIndexOf((byte)'\n');
            if (newline >= 0)
            {
                return start + newline + 1;
            }
        }

        return 0;
    }
}
