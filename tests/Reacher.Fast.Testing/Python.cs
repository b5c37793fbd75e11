using System.Diagnostics;

namespace Reacher.Fast.Testing;

/// <summary>Independent witnesses: small scripts beside the tests, run by the system's own Python.</summary>
public static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Runs a script that was copied beside the tests; ignores the test where a module it needs is missing.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string needs, string script, params string[] arguments)
    {
        if (!File.Exists(Interpreter))
        {
            Assert.Ignore($"There is no {Interpreter}.");
        }

        if (Start(["-c", "import " + needs]).ExitCode != 0)
        {
            Assert.Ignore($"{Interpreter} has no module '{needs}' (Debian: apt-get install python3-{needs}).");
        }

        (int exitCode, string output, string errors) = Start([Path.Combine(TestContext.CurrentContext.TestDirectory, script), .. arguments]);
        Assert.That(exitCode, Is.Zero, errors);
        return output;
    }

    private static (int ExitCode, string Output, string Errors) Start(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
