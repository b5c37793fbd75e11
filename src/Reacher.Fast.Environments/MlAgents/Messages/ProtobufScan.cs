using System.Buffers.Binary;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>
/// Walks protobuf's wire format (https://protobuf.dev/programming-guides/encoding) without making objects of it. Whatever is
/// malformed is a plain false: the generated parser says what is wrong with it. Fields are taken in the order of their numbers,
/// in which every published writer puts them.
/// </summary>
/// <param name="bytes">A message; never trusted.</param>
internal ref struct ProtobufScan(ReadOnlySpan<byte> bytes)
{
    private const int MaximumVarintBytes = 10;

    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>Whether all has been read.</summary>
    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>The tag of field <paramref name="number"/> (1 to 15, which is one byte) as a varint.</summary>
    public static int Varint(int number) => number << 3;

    /// <summary>The same for a length and as many bytes: a message, a text, packed numbers.</summary>
    public static int Bytes(int number) => (number << 3) | 2;

    /// <summary>The same for four bytes: a float.</summary>
    public static int Single(int number) => (number << 3) | 5;

    /// <summary>Whether the field with <paramref name="tag"/> is next; if so its value is.</summary>
    public bool Has(int tag)
    {
        if (rest.IsEmpty || rest[0] != tag)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    public bool TryVarint(out ulong value)
    {
        value = 0;
        for (int i = 0; i < rest.Length && i < MaximumVarintBytes; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    public bool TrySingle(out float value)
    {
        if (rest.Length < sizeof(float))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadSingleLittleEndian(rest);
        rest = rest[sizeof(float)..];
        return true;
    }

    public bool TryBytes(out ReadOnlySpan<byte> value)
    {
        if (!TryVarint(out ulong length) || length > (ulong)rest.Length)
        {
            value = default;
            return false;
        }

        value = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    /// <summary>Passes over packed varints.</summary>
    public bool TrySkipPackedVarints()
    {
        if (!TryBytes(out ReadOnlySpan<byte> packed))
        {
            return false;
        }

        var numbers = new ProtobufScan(packed);
        while (!numbers.AtEnd)
        {
            if (!numbers.TryVarint(out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Passes over a text, if it is ASCII.</summary>
    public bool TrySkipText() => TryBytes(out ReadOnlySpan<byte> text) && !text.ContainsAnyExceptInRange((byte)0, (byte)0x7F);
}
