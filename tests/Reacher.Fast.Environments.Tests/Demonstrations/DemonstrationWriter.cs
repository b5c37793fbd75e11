using Google.Protobuf;

namespace Reacher.Fast.Environments.Tests.Demonstrations;

/// <summary>
/// Writes recordings as Unity's <c>DemonstrationStore</c> does, by Google's encoder, so that the reader is tested against another
/// implementation: meta at 0, brain parameters at 33, records, and the meta message once more at the end.
/// </summary>
internal sealed class DemonstrationWriter
{
    private readonly List<byte[]> records = [];

    public bool Packed { get; init; } = true;

    public void Add(ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward = 0, bool done = false)
    {
        using MemoryStream record = new();
        CodedOutputStream output = new(record);
        WriteFloats(output, 1, observation);
        WriteFloats(output, 4, action);
        if (reward != 0)
        {
            output.WriteTag(7, WireFormat.WireType.Fixed32);
            output.WriteFloat(reward);
        }

        if (done)
        {
            output.WriteTag(8, WireFormat.WireType.Varint);
            output.WriteBool(true);
            output.WriteTag(9, WireFormat.WireType.Varint);
            output.WriteBool(true);
        }

        output.WriteTag(10, WireFormat.WireType.Varint); // id: negative, as GetInstanceID gives it
        output.WriteInt32(-614000);
        output.Flush();
        records.Add(record.ToArray());
    }

    public byte[] ToArray(int? claimed = null, bool closed = true)
    {
        byte[] meta = Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt32(1);
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteString("made by a test");
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteInt32(claimed ?? records.Count);
        });
        byte[] brain = Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt32(33);
            output.WriteTag(8, WireFormat.WireType.LengthDelimited);
            output.WriteString("AnotherBrainThanTheRecordings");
        });
        using MemoryStream file = new();
        Delimit(file, meta);
        file.SetLength(33);
        file.Position = 33;
        Delimit(file, brain);
        records.ForEach(record => Delimit(file, record));
        if (closed)
        {
            file.Write(meta);
        }

        return file.ToArray();
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        CodedOutputStream output = new(stream);
        write(output);
        output.Flush();
        return stream.ToArray();
    }

    private static void Delimit(Stream stream, byte[] message)
    {
        CodedOutputStream output = new(stream, leaveOpen: true);
        output.WriteLength(message.Length);
        output.Flush();
        stream.Write(message);
    }

    private void WriteFloats(CodedOutputStream output, int field, ReadOnlySpan<float> values)
    {
        if (Packed)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteLength(4 * values.Length);
        }

        foreach (float value in values)
        {
            if (!Packed)
            {
                output.WriteTag(field, WireFormat.WireType.Fixed32);
            }

            output.WriteFloat(value);
        }
    }
}
