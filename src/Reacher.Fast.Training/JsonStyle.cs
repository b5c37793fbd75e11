using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reacher.Fast.Training;

/// <summary>How every JSON this program prints looks: snake case, numbers that may be infinite as strings, enums by name.</summary>
internal static class JsonStyle
{
    /// <summary>One record a line.</summary>
    public static readonly JsonSerializerOptions Line = Create(indented: false);

    /// <summary>Indented, for people to read.</summary>
    public static readonly JsonSerializerOptions Indented = Create(indented: true);

    /// <summary>As <see cref="Line"/>, for <c>--json</c>: what is not a finite number is null, which every reader of JSON takes.</summary>
    public static readonly JsonSerializerOptions Printed = ForPrinting(Line);

    /// <summary>As <see cref="Printed"/>, indented.</summary>
    public static readonly JsonSerializerOptions PrintedIndented = ForPrinting(Indented);

    private static JsonSerializerOptions ForPrinting(JsonSerializerOptions style) => new(style)
    {
        Converters =
        {
            new FiniteOrNull<double>((json, value) => json.WriteNumberValue(value)),
            new FiniteOrNull<float>((json, value) => json.WriteNumberValue(value)),
        },
    };

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = indented,
    };

    private sealed class FiniteOrNull<T>(Action<Utf8JsonWriter, T> writeNumber) : JsonConverter<T>
        where T : struct, IFloatingPointIeee754<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("What is printed is not read back.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (T.IsFinite(value))
            {
                writeNumber(writer, value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
