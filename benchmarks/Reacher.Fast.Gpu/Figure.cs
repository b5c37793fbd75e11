using System.Globalization;

namespace Reacher.Fast.Gpu;

/// <summary>A measured number as a line of a step's output, from which <see cref="Summary"/> reads it again.</summary>
internal static class Figure
{
    public const string Mark = "figure ";

    public static void Write(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Mark}{name} {value:g6}"));
}
