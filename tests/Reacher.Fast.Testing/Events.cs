using System.Runtime.InteropServices;
using System.Text;

namespace Reacher.Fast.Testing;

/// <summary>A curve's point in an event file.</summary>
/// <param name="Step">Where it lies on the horizontal axis.</param>
/// <param name="Tag">The name of its curve.</param>
/// <param name="Value">y; not a number where the point is no scalar.</param>
/// <param name="Histogram">A distribution; null where the point is none.</param>
public sealed record EventPoint(long Step, string Tag, double Value, EventHistogram? Histogram);

/// <summary>TensorFlow's HistogramProto: bucket i counts the values up to its limit, from the limit before it.</summary>
public sealed record EventHistogram(double Minimum, double Maximum, double Count, double Sum, double SumOfSquares, double[] Limits, double[] Buckets);

/// <summary>
/// Reads event files by the formats' descriptions and nothing of ours: TFRecord, protobuf's wire format, TensorFlow's field
/// numbers.
/// </summary>
public static class Events
{
    /// <summary>All points of all event files in <paramref name="folder"/>, in the files' order.</summary>
    public static EventPoint[] Points(string folder) =>
        [.. Directory.GetFiles(folder, "events.out.tfevents.*").Order(StringComparer.Ordinal).SelectMany(PointsOf)];

    /// <summary>
    /// The points that TensorBoard shows of <paramref name="folder"/>: where a file says that a session starts (SessionLog.START), those of its
    /// step or later in the files before it are dropped.
    /// </summary>
    public static EventPoint[] Shown(string folder)
    {
        var shown = new List<EventPoint>();
        foreach (string path in Directory.GetFiles(folder, "events.out.tfevents.*").Order(StringComparer.Ordinal))
        {
            foreach (Dictionary<int, List<object>> record in ReadRecords(path).Where(record => record.ContainsKey(7)))
            {
                long start = (long)(ulong)record[2][0];
                Assert.That(Message(record[7][0])[1][0], Is.EqualTo(1UL), "START");
                shown.RemoveAll(point => point.Step >= start);
            }

            shown.AddRange(PointsOf(path));
        }

        return [.. shown];
    }

    /// <summary>The points of one file.</summary>
    public static IEnumerable<EventPoint> PointsOf(string path) =>
        from record in ReadRecords(path)
        where record.ContainsKey(5)
        let step = record.TryGetValue(2, out List<object>? steps) ? (long)(ulong)steps[0] : 0
        from value in Message(record[5][0])[1]
        select Point(step, Message(value));

    /// <summary>All events of a file; each by its fields' numbers.</summary>
    /// <exception cref="FormatException">A checksum is wrong, or it is no protobuf.</exception>
    public static List<Dictionary<int, List<object>>> ReadRecords(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        var records = new List<Dictionary<int, List<object>>>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BitConverter.ToUInt64(file, at);
            Check(file.AsSpan(at, 8), BitConverter.ToUInt32(file, at + 8));
            byte[] payload = file.AsSpan(at + 12, length).ToArray();
            Check(payload, BitConverter.ToUInt32(file, at + 12 + length));
            records.Add(Message(payload));
            at += 16 + length;
        }

        return records;
    }

    // CRC32C bit by bit, and TensorFlow's mask undone.
    private static void Check(ReadOnlySpan<byte> bytes, uint masked)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78u);
            }
        }

        uint rotated = masked - 0xA282EAD8;
        if (~crc != ((rotated << 15) | (rotated >> 17)))
        {
            throw new FormatException("checksum");
        }
    }

    public static Dictionary<int, List<object>> Message(object bytes)
    {
        byte[] data = (byte[])bytes;
        var fields = new Dictionary<int, List<object>>();
        for (int at = 0; at < data.Length;)
        {
            ulong key = Varint(data, ref at);
            object value;
            switch (key & 7)
            {
                case 0:
                    value = Varint(data, ref at);
                    break;
                case 1:
                    value = BitConverter.ToDouble(data, at);
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(data, ref at);
                    value = data.AsSpan(at, length).ToArray();
                    at += length;
                    break;
                case 5:
                    value = BitConverter.ToSingle(data, at);
                    at += 4;
                    break;
                default:
                    throw new FormatException("wire type");
            }

            int number = (int)(key >> 3);
            if (!fields.TryGetValue(number, out List<object>? values))
            {
                fields.Add(number, values = []);
            }

            values.Add(value);
        }

        return fields;
    }

    private static ulong Varint(byte[] data, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = data[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    public static string Text(object bytes) => Encoding.UTF8.GetString((byte[])bytes);

    private static EventPoint Point(long step, Dictionary<int, List<object>> value) => new(
        step,
        Text(value[1][0]),
        value.TryGetValue(2, out List<object>? scalar) ? (float)scalar[0] : double.NaN,
        value.TryGetValue(5, out List<object>? histogram) ? Histogram(Message(histogram[0])) : null);

    // proto3 leaves out what is zero.
    private static EventHistogram Histogram(Dictionary<int, List<object>> fields)
    {
        return new(Number(1), Number(2), Number(3), Number(4), Number(5), Numbers(6), Numbers(7));

        double Number(int field) => fields.TryGetValue(field, out List<object>? values) ? (double)values[0] : 0;

        double[] Numbers(int field) => fields.TryGetValue(field, out List<object>? packed)
            ? MemoryMarshal.Cast<byte, double>((byte[])packed[0]).ToArray()
            : [];
    }
}
