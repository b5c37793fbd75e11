using System.Diagnostics;

namespace Reacher.Fast.Torch.Tests;

/// <summary>This test's own program, or the runner beside it, in a process of its own.</summary>
internal static class TestProgram
{
    /// <summary>Starts <see cref="Program"/>.</summary>
    public static Process Start(params IEnumerable<string> arguments) => StartAssembly(typeof(Program).Assembly.Location, arguments);

    /// <summary>Starts any program of this folder.</summary>
    public static Process StartAssembly(string assembly, params IEnumerable<string> arguments) => Process.Start(Info(assembly, arguments))!;

    /// <summary>Starts <see cref="Program"/> with networks of its own.</summary>
    public static Process StartWithNetworks(params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = Info(typeof(Program).Assembly.Location, arguments);
        start.Environment[Program.NetworksVariable] = "1";
        return Process.Start(start)!;
    }

    private static ProcessStartInfo Info(string assembly, IEnumerable<string> arguments) =>
        new("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

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
