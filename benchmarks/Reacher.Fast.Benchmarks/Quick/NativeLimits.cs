using System.Diagnostics;
using System.Globalization;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>Compiles and runs a C program of benchmarks/limits: what the machine gives, measured in the same run.</summary>
internal static class NativeLimits
{
    /// <summary>Runs <paramref name="name"/> and returns its figures, one line "name value unit" each.</summary>
    public static Dictionary<string, double> Run(string name, params string[] arguments)
    {
        string binary = Build(name);
        try
        {
            return Start(binary, arguments);
        }
        finally
        {
            File.Delete(binary);
        }
    }

    /// <summary>Runs a program that is built and returns its figures, one line "name value unit" each.</summary>
    public static Dictionary<string, double> Start(string binary, params string[] arguments) => Execute(binary, arguments)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>Compiles <paramref name="name"/>.c and returns the path of the program (or library), to be deleted.</summary>
    public static string Build(string name, bool library = false, params string[] libraries)
    {
        string binary = Path.Combine(Path.GetTempPath(), $"{name}-{Environment.ProcessId}{(library ? ".so" : string.Empty)}");
        string source = Path.Combine(FindFolder(), $"{name}.c");
        string[] kind = library ? ["-shared", "-fPIC"] : [];
        Execute("gcc", ["-O3", "-march=native", .. kind, "-o", binary, source, .. libraries]);
        return binary;
    }

    private static string Execute(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "benchmarks", "limits");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("The folder benchmarks/limits is not above this program; run it from the repository.");
    }
}
