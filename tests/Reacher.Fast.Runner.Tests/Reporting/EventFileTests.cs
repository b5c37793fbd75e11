using System.Text;
using Reacher.Fast.Runner.Reporting.TensorBoard;

namespace Reacher.Fast.Runner.Tests.Reporting;

public sealed class EventFileTests
{
    [Test]
    public void An_independent_parser_reads_back_what_was_written()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var events = new EventFile(folder.Path))
        {
            path = events.Path;
            events.Scalars(1000, ("Environment/Cumulative Reward", 12.5), ("Losses/Policy Loss", -0.25), ("Policy/Entropy", double.NaN));
            events.Text(0, "Hyperparameters", "learning_rate: 0.001");
            events.Histogram(2000, "Environment/Cumulative Reward_hist", [1, 2, 3, 4]);
            events.Histogram(2000, "nothing", []);
        }

        List<Dictionary<int, List<object>>> records = ReadRecords(path);

        Assert.That(Path.GetFileName(path), Does.Match(@"^events\.out\.tfevents\.\d{10}\."));
        Assert.That(records, Has.Count.EqualTo(4));
        Assert.That(Text(records[0][3][0]), Is.EqualTo("brain.Event:2"));
        Assert.That(records[1][2][0], Is.EqualTo(1000UL));
        Dictionary<int, List<object>> summary = Message(records[1][5][0]);
        Assert.That(summary[1], Has.Count.EqualTo(2), "what is not a number is left out");
        Assert.That(Text(Message(summary[1][0])[1][0]), Is.EqualTo("Environment/Cumulative Reward"));
        Assert.That(Message(summary[1][0])[2][0], Is.EqualTo(12.5f));
        Assert.That(Message(summary[1][1])[2][0], Is.EqualTo(-0.25f));

        Dictionary<int, List<object>> text = Message(Message(records[2][5][0])[1][0]);
        Assert.That(Text(text[1][0]), Is.EqualTo("Hyperparameters/text_summary"));
        Assert.That(Text(Message(Message(text[9][0])[1][0])[1][0]), Is.EqualTo("text"));
        Assert.That(Message(text[8][0])[1][0], Is.EqualTo(7UL), "DT_STRING");
        Assert.That(Text(Message(text[8][0])[8][0]), Is.EqualTo("learning_rate: 0.001"));

        Dictionary<int, List<object>> histogram = Message(Message(Message(records[3][5][0])[1][0])[5][0]);
        Assert.That((histogram[1][0], histogram[2][0], histogram[3][0], histogram[4][0], histogram[5][0]), Is.EqualTo((1.0, 4.0, 4.0, 10.0, 30.0)));
    }

    [Test]
    public void A_flipped_bit_is_noticed_by_the_parser()
    {
        using var folder = new TemporaryFolder();
        using var events = new EventFile(folder.Path);
        events.Dispose();
        byte[] bytes = File.ReadAllBytes(events.Path);
        bytes[20] ^= 1;
        File.WriteAllBytes(folder["damaged"], bytes);
        Assert.That(() => ReadRecords(folder["damaged"]), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_second_file_in_the_same_second_has_another_name()
    {
        using var folder = new TemporaryFolder();
        using var first = new EventFile(folder.Path, new StoppedClock());
        using var second = new EventFile(folder.Path, new StoppedClock());
        Assert.That(second.Path, Is.Not.EqualTo(first.Path));
    }

    [Test]
    public void A_live_file_can_be_read_after_every_record()
    {
        using var folder = new TemporaryFolder();
        using var events = new EventFile(folder.Path);
        for (int step = 1; step <= 5; step++)
        {
            events.Scalars(step, ("x", step));
            Assert.That(ReadRecords(events.Path), Has.Count.EqualTo(step + 1));
        }
    }

    private static List<Dictionary<int, List<object>>> ReadRecords(string path)
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

    private static Dictionary<int, List<object>> Message(object bytes)
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

    private static string Text(object bytes) => Encoding.UTF8.GetString((byte[])bytes);

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000);
    }
}
