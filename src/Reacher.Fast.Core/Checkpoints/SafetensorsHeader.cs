using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Checkpoints;

/// <summary>One tensor as a safetensors header describes it.</summary>
/// <param name="Name">The name under which the tensor is stored.</param>
/// <param name="Type">The type of the tensor's elements.</param>
/// <param name="Shape">The sizes of its dimensions; the elements lie in row-major order.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
internal readonly record struct SafetensorsEntry(string Name, TensorType Type, long[] Shape, long Begin, long End);

/// <summary>
/// The JSON header of a safetensors file (github.com/huggingface/safetensors, README "Format"): an object of tensors with
/// dtype, shape and data_offsets, and <c>__metadata__</c>, strings by key. Written and read as tokens, so that neither holds
/// more than the header itself.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The metadata key of the checksum of the whole file, header included, its own eight digits taken as zeros.</summary>
    public const string ChecksumKey = "crc32c";

    /// <summary>Eight zeros: what the checksum's digits are while it is computed.</summary>
    public const string NoChecksum = "00000000";

    private const string MetadataKey = "__metadata__";

    /// <summary>Tensors in the header's order.</summary>
    public List<SafetensorsEntry> Entries { get; } = [];

    /// <summary>Strings by key, the checksum left out.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The checksum the file claims; null where it has none.</summary>
    public uint? Checksum { get; private set; }

    /// <summary>Where the checksum's digits lie in the header.</summary>
    public int ChecksumPosition { get; private set; } = -1;

    /// <summary>Writes a header with a checksum of zeros, and says where in it the checksum's digits go.</summary>
    public static int Write(IBufferWriter<byte> destination, IDictionary<string, string> metadata, IEnumerable<SafetensorsEntry> entries)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        json.WriteStartObject(MetadataKey);
        json.WriteString(ChecksumKey, NoChecksum);

        // One quote closes the digits, and nothing has come after it yet.
        int position = checked((int)(json.BytesCommitted + json.BytesPending)) - NoChecksum.Length - 1;
        foreach ((string key, string value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        foreach (SafetensorsEntry entry in entries)
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", entry.Type.ToString());
            json.WriteStartArray("shape");
            foreach (long size in entry.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(entry.Begin);
            json.WriteNumberValue(entry.End);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        return position;
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="FormatException">It is not one; the message says why, without the file's name.</exception>
    public static SafetensorsHeader Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var header = new SafetensorsHeader();
            header.Parse(bytes);
            return header;
        }
        catch (JsonException error)
        {
            throw new FormatException("its header is not JSON", error);
        }
        catch (InvalidOperationException error)
        {
            // Utf8JsonReader says so of strings that are not UTF-8.
            throw new FormatException("its header holds text that is not UTF-8", error);
        }
    }

    private void Parse(ReadOnlySpan<byte> bytes)
    {
        var json = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 8 });
        Expect(ref json, JsonTokenType.StartObject, "its header is not a JSON object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            if (!names.Add(name))
            {
                throw new FormatException($"its header names {QuotedName.Of(name)} twice");
            }

            if (name == MetadataKey)
            {
                ParseMetadata(ref json);
            }
            else
            {
                Entries.Add(ParseEntry(ref json, name));
            }
        }

        // Only spaces may follow: reading on must find the end, or throws.
        if (json.Read())
        {
            throw new FormatException("its header holds more than one JSON object");
        }
    }

    private void ParseMetadata(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "its __metadata__ is not an object");
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            Expect(ref json, JsonTokenType.String, $"its metadata {QuotedName.Of(key)} is not a string");
            string value = json.GetString()!;
            bool added;
            if (key == ChecksumKey)
            {
                added = Checksum is null;
                ChecksumPosition = (int)json.TokenStartIndex + 1;
                Checksum = json.ValueSpan.Length == NoChecksum.Length && TryParseChecksum(value, out uint checksum)
                    ? checksum
                    : throw new FormatException("its checksum is not eight lower-case hexadecimal digits");
            }
            else
            {
                added = Metadata.TryAdd(key, value);
            }

            if (!added)
            {
                throw new FormatException($"its metadata names {QuotedName.Of(key)} twice");
            }
        }
    }

    // Lower case only: a digit of the other case is a flipped bit.
    private static bool TryParseChecksum(string digits, out uint checksum) =>
        uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out checksum) && !digits.Any(char.IsUpper);

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader json, string name)
    {
        Expect(ref json, JsonTokenType.StartObject, $"its tensor {QuotedName.Of(name)} is not described by an object");
        TensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            bool isNew;
            switch (key)
            {
                case "dtype":
                    isNew = type is null;
                    type = ParseType(ref json, name);
                    break;
                case "shape":
                    isNew = shape is null;
                    shape = ParseNumbers(ref json, name, key);
                    break;
                case "data_offsets":
                    isNew = offsets is null;
                    offsets = ParseNumbers(ref json, name, key);
                    break;
                default:
                    throw new FormatException($"its tensor {QuotedName.Of(name)} has a field {QuotedName.Of(key)}, which safetensors does not know");
            }

            if (!isNew)
            {
                throw new FormatException($"its tensor {QuotedName.Of(name)} has {QuotedName.Of(key)} twice");
            }
        }

        return type is { } elements && shape is not null && offsets is [long begin, long end]
            ? new SafetensorsEntry(name, elements, shape, begin, end)
            : throw new FormatException($"its tensor {QuotedName.Of(name)} lacks dtype, shape or two data_offsets");
    }

    private static TensorType ParseType(ref Utf8JsonReader json, string name)
    {
        Expect(ref json, JsonTokenType.String, $"its tensor {QuotedName.Of(name)} has a dtype that is not a string");
        return json.GetString() switch
        {
            "F32" => TensorType.F32,
            "F64" => TensorType.F64,
            "I64" => TensorType.I64,
            "U64" => TensorType.U64,
            string other => throw new FormatException(
                $"its tensor {QuotedName.Of(name)} is of type {QuotedName.Of(other)} where F32, F64, I64 or U64 is needed"),
            null => throw new FormatException($"its tensor {QuotedName.Of(name)} has no dtype"),
        };
    }

    private static long[] ParseNumbers(ref Utf8JsonReader json, string name, string key)
    {
        const int MostDimensions = 32;
        Expect(ref json, JsonTokenType.StartArray, $"its tensor {QuotedName.Of(name)} has a {key} that is not an array");
        var numbers = new List<long>(4);
        while (Next(ref json) == JsonTokenType.Number)
        {
            if (!json.TryGetInt64(out long number) || number < 0 || numbers.Count == MostDimensions)
            {
                throw new FormatException($"its tensor {QuotedName.Of(name)} has a {key} that is not a few whole numbers from 0 up");
            }

            numbers.Add(number);
        }

        return json.TokenType == JsonTokenType.EndArray
            ? [.. numbers]
            : throw new FormatException($"its tensor {QuotedName.Of(name)} has a {key} that holds something other than numbers");
    }

    private static JsonTokenType Next(ref Utf8JsonReader json) =>
        json.Read() ? json.TokenType : throw new FormatException("its header ends too early");

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type, string otherwise)
    {
        if (Next(ref json) != type)
        {
            throw new FormatException(otherwise);
        }
    }
}
