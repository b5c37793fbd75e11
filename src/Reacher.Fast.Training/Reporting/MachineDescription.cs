using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Reporting;

/// <summary>The machine a run ran on, in words, kept with the run: figures mean little without it.</summary>
internal static class MachineDescription
{
    private static readonly JsonSerializerOptions Style = new() { WriteIndented = true };

    /// <summary>Describes the machine this process runs on.</summary>
    public static IReadOnlyDictionary<string, string> Here() => new Dictionary<string, string>
    {
        ["Processor"] = ProcessorName(),
        ["Cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["Instruction sets"] = InstructionSets(),
        ["Memory"] = string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):F1} GiB"),
        ["System"] = RuntimeInformation.OSDescription,
        ["Runtime"] = RuntimeInformation.FrameworkDescription,
    };

    /// <summary>Writes what <see cref="Here"/> says, and what <paramref name="more"/> adds, to <paramref name="path"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, string>? more = null)
    {
        var description = new Dictionary<string, string>(Here());
        foreach ((string name, string value) in more ?? new Dictionary<string, string>())
        {
            description[name] = value;
        }

        AtomicFile.WriteText(path, JsonSerializer.Serialize(description, Style) + "\n");
    }

    /// <summary>Reads it back; nothing if it is not there or not readable, since a report does without.</summary>
    public static IReadOnlyDictionary<string, string> Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(BoundedFile.ReadText(path, 1 << 20)) ?? [];
        }
        catch (Exception error) when (IoFailure.Is(error) || error is JsonException)
        {
            return new Dictionary<string, string>();
        }
    }

    /// <summary>The processor as the system calls it; its architecture where the system does not say.</summary>
    public static string ProcessorName()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string InstructionSets()
    {
        var sets = new List<string>();
        if (Vector512.IsHardwareAccelerated)
        {
            sets.Add("AVX-512");
        }

        if (Avx2.IsSupported)
        {
            sets.Add("AVX2");
        }

        if (Fma.IsSupported)
        {
            sets.Add("FMA");
        }

        return sets.Count > 0 ? string.Join(", ", sets) : $"{Vector128<float>.Count * 32}-bit vectors";
    }
}
