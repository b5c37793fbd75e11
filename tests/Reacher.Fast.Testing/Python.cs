using System.Diagnostics;

namespace Reacher.Fast.Testing;

/// <summary>Independent peers and witnesses: small scripts beside the tests, run by the system's own Python.</summary>
public static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Runs a script that was copied beside the tests; ignores the test where a module it needs is missing.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string needs, string script, params string[] arguments)
    {
        Require(needs);
        (int exitCode, string output, string errors) = Finish([PathOf(script), .. arguments]);
        Assert.That(exitCode, Is.Zero, errors);
        return output;
    }

    /// <summary>Starts a script to talk with, over its input and output; ignores the test where a module it needs is missing.</summary>
    public static Process Start(string needs, string script, params string[] arguments)
    {
        Require(needs);
        return Process.Start(new ProcessStartInfo(Interpreter, [PathOf(script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
    }

    private static void Require(string module)
    {
        if (!File.Exists(Interpreter))
        {
            Assert.Ignore($"There is no {Interpreter}.");
        }

        if (Finish(["-c", "import " + module]).ExitCode != 0)
        {
            string package = "python3-" + (module == "grpc" ? "grpcio" : module);
            Assert.Ignore($"{Interpreter} has no module '{module}' (Debian: apt-get install {package}).");
        }
    }

    private static string PathOf(string script) => Path.Combine(TestContext.CurrentContext.TestDirectory, script);

    private static (int ExitCode, string Output, string Errors) Finish(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Interpreter, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
