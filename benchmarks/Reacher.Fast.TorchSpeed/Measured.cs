using System.Globalization;

namespace Reacher.Fast.TorchSpeed;

/// <summary>A measured number as a line of a step's output, from which the summary of benchmarks/gpu/run.sh reads it again.</summary>
internal static class Measured
{
    public static void Write(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure {name} {value:g6}"));
}
