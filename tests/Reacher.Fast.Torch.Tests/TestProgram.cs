using System.Diagnostics;

namespace Reacher.Fast.Torch.Tests;

/// <summary>This test's own program, or the runner beside it, in a process of its own.</summary>
internal static class TestProgram
{
    /// <summary>Starts <see cref="Program"/>.</summary>
    public static Process Start(params IEnumerable<string> arguments) => StartAssembly(typeof(Program).Assembly.Location, arguments);

    /// <summary>Starts any program of this folder.</summary>
    public static Process StartAssembly(string assembly, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    /// <summary>What a process says on both outputs until its end, and its exit code.</summary>
    public static (int Code, string Said, string Errors) End(Process process)
    {
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string said = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return (process.ExitCode, said, errors.Result.Trim());
        }
    }
}
