using System.Buffers.Binary;
using System.Text;

namespace Reacher.Fast.Environments.Demonstrations;

/// <summary>
/// Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding) from a span and nothing beyond it: each
/// malformed input ends in a <see cref="DemonstrationException"/> that names the byte.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes, int origin)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int LengthDelimited = 2;
    public const int Fixed32 = 5;

    private const int MaximumVarintBytes = 10;

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;

    /// <summary>Whether all bytes have been read.</summary>
    public readonly bool AtEnd => position == bytes.Length;

    /// <summary>Where the next byte lies in the file.</summary>
    public readonly int Offset => origin + position;

    /// <summary>Reads a field's number and wire type.</summary>
    public (int Field, int WireType) ReadTag()
    {
        int at = Offset;
        ulong tag = ReadVarint();
        ulong field = tag >> 3;
        if (field is 0 or > 0x1FFFFFFF)
        {
            throw new DemonstrationException($"Byte {at} is not the tag of a protobuf field.");
        }

        return ((int)field, (int)(tag & 7));
    }

    /// <summary>Reads a base-128 integer of at most ten bytes.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < MaximumVarintBytes; i++)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new DemonstrationException($"The protobuf integer before byte {Offset} is longer than {MaximumVarintBytes} bytes.");
    }

    /// <summary>Reads a little-endian float.</summary>
    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>Reads a length and gives a reader over that many bytes.</summary>
    public WireReader ReadMessage()
    {
        int at = Offset;
        ulong length = ReadVarint();
        if (length > (ulong)(bytes.Length - position))
        {
            throw new DemonstrationException($"The protobuf message at byte {at} claims {length} bytes where {bytes.Length - position} are left.");
        }

        int start = Offset;
        return new WireReader(Take((int)length), start);
    }

    /// <summary>Reads a length and that many bytes of UTF-8; bytes that are none become U+FFFD.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadMessage().bytes);

    /// <summary>Passes over a field's value.</summary>
    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case Varint:
                ReadVarint();
                break;
            case Fixed64:
                Take(8);
                break;
            case LengthDelimited:
                ReadMessage();
                break;
            case Fixed32:
                Take(4);
                break;
            default:
                throw new DemonstrationException($"The field before byte {Offset} has the unknown protobuf wire type {wireType}.");
        }
    }

    /// <summary>Reads a repeated float, packed or one at a time, and appends it.</summary>
    /// <returns>The number of floats in <paramref name="values"/> afterwards.</returns>
    public int ReadFloats(int wireType, Span<float> values, int count)
    {
        int at = Offset;
        WireReader reader = wireType == LengthDelimited ? ReadMessage() : new WireReader(Take(sizeof(float)), at);
        if (reader.bytes.Length % sizeof(float) != 0)
        {
            throw new DemonstrationException($"The floats at byte {at} take {reader.bytes.Length} bytes, which is no multiple of 4.");
        }

        while (!reader.AtEnd)
        {
            float value = reader.ReadFloat();
            if (count == values.Length)
            {
                throw new DemonstrationException($"The record at byte {at} holds more than {values.Length} floats in one field.");
            }

            values[count++] = value;
        }

        return count;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - position)
        {
            throw new DemonstrationException($"The recording ends within a value at byte {Offset}.");
        }

        ReadOnlySpan<byte> taken = bytes.Slice(position, count);
        position += count;
        return taken;
    }
}
