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

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = indented,
    };
}
