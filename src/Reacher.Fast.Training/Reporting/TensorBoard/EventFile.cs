using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Reporting.TensorBoard.Wire;

namespace Reacher.Fast.Training.Reporting.TensorBoard;

/// <summary>
/// A TensorBoard event file: TFRecords (u64 length, its masked CRC32C, the bytes, their masked CRC32C; all little-endian) of
/// Event messages, the first of which names the version. Every record is written whole and given to the operating system at
/// once, so a killed run loses nothing and TensorBoard can follow a live one.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const int HistogramBuckets = 30;

    private readonly FileStream stream;
    private readonly TimeProvider clock;

    /// <summary>Creates a file of its own in <paramref name="folder"/>, named as TensorBoard looks for it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public EventFile(string folder, TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        long seconds = this.clock.GetUtcNow().ToUnixTimeSeconds();
        for (int number = 0; ; number++)
        {
            string path = System.IO.Path.Combine(folder, string.Create(
                CultureInfo.InvariantCulture, $"events.out.tfevents.{seconds}.{Environment.MachineName}.{Environment.ProcessId}.{number}"));
            try
            {
                stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
                Path = path;
                break;
            }
            catch (IOException) when (File.Exists(path))
            {
                // This process has made a file in the same second before; the next number is tried.
            }
        }

        try
        {
            Append(new Event { FileVersion = "brain.Event:2" });
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // Whoever tries again makes another file.
            stream.Dispose();
            File.Delete(Path);
            throw;
        }
    }

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>Tells TensorBoard to drop the points at <paramref name="step"/> and later that earlier files of the folder hold.</summary>
    public void StartSession(long step) =>
        Append(new Event { Step = step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });

    /// <summary>One point of a curve each; values that are not numbers are left out, since TensorBoard cannot draw them.</summary>
    public void Scalars(long step, params ReadOnlySpan<(string Tag, double Value)> points)
    {
        var summary = new Summary();
        foreach ((string tag, double value) in points)
        {
            if (double.IsFinite(value))
            {
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
            }
        }

        if (summary.Value.Count > 0)
        {
            Append(new Event { Step = step, Summary = summary });
        }
    }

    /// <summary>A text (Markdown), shown in the tab "Text".</summary>
    public void Text(long step, string tag, string markdown)
    {
        var tensor = new TensorProto
        {
            Dtype = TensorProto.Types.DataType.DtString,
            TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
            StringVal = { ByteString.CopyFromUtf8(markdown) },
        };
        var metadata = new SummaryMetadata { PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" } };
        var value = new Summary.Types.Value { Tag = tag + "/text_summary", Tensor = tensor, Metadata = metadata };
        Append(new Event { Step = step, Summary = new Summary { Value = { value } } });
    }

    /// <summary>How <paramref name="values"/> are distributed; all must be finite. Nothing is written for none.</summary>
    public void Histogram(long step, string tag, ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var histogram = new HistogramProto { Min = double.MaxValue, Max = double.MinValue, Num = values.Length };
        foreach (double value in values)
        {
            histogram.Min = Math.Min(histogram.Min, value);
            histogram.Max = Math.Max(histogram.Max, value);
            histogram.Sum += value;
            histogram.SumSquares += value * value;
        }

        // Values that are all the same still have buckets of some width.
        double width = Math.Max((histogram.Max - histogram.Min) / HistogramBuckets, 1e-12 * Math.Max(1, Math.Abs(histogram.Min)));
        double[] counts = new double[HistogramBuckets];
        foreach (double value in values)
        {
            counts[Math.Clamp((int)((value - histogram.Min) / width), 0, HistogramBuckets - 1)]++;
        }

        for (int i = 0; i < HistogramBuckets; i++)
        {
            double limit = histogram.Min + ((i + 1) * width);
            histogram.BucketLimit.Add(i == HistogramBuckets - 1 ? Math.Max(limit, histogram.Max) : limit);
            histogram.Bucket.Add(counts[i]);
        }

        Append(new Event { Step = step, Summary = new Summary { Value = { new Summary.Types.Value { Tag = tag, Histo = histogram } } } });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    private void Append(Event record)
    {
        record.WallTime = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        int length = record.CalculateSize();
        byte[] framed = new byte[sizeof(ulong) + sizeof(uint) + length + sizeof(uint)];
        Span<byte> payload = framed.AsSpan(12, length);
        record.WriteTo(payload);
        BinaryPrimitives.WriteUInt64LittleEndian(framed, (ulong)length);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(8), Mask(Checksum.Compute(framed.AsSpan(0, 8))));
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(12 + length), Mask(Checksum.Compute(payload)));
        RecordFile.Append(stream, framed);
    }

    // TensorFlow masks checksums so that one of data that hold checksums is not a special case (tensorflow/core/lib/hash/crc32c.h).
    private static uint Mask(uint checksum) => ((checksum >> 15) | (checksum << 17)) + 0xA282EAD8;
}
