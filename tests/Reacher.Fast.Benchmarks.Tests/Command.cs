using System.Diagnostics;

namespace Reacher.Fast.Benchmarks.Tests;

/// <summary>A program run to its end, with all it printed.</summary>
internal sealed record Command(int ExitCode, string Output)
{
    /// <summary>Runs <paramref name="program"/> in <paramref name="folder"/>; null if it is not installed.</summary>
    public static Command? Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Command(process.ExitCode, output + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The benchmarks' own program.</summary>
    public static Command Benchmarks(params string[] arguments) =>
        Run(AppContext.BaseDirectory, "dotnet", [Path.Combine(AppContext.BaseDirectory, "Reacher.Fast.Benchmarks.dll"), .. arguments])!;

    /// <summary>The folder with the solution above this assembly.</summary>
    public static string Repository
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Reacher.Fast.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException("The repository is not above the tests; run them from it.");
        }
    }
}
