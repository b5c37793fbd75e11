using System.Diagnostics;

namespace Reacher.Fast.Testing;

/// <summary>Independent peers: small scripts beside the tests, run by the system's own Python.</summary>
public static class Python
{
    private const string Interpreter = "/usr/bin/python3";

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

        using Process import = Process.Start(new ProcessStartInfo(Interpreter, ["-c", "import " + module]) { RedirectStandardError = true })!;
        import.StandardError.ReadToEnd();
        import.WaitForExit();
        if (import.ExitCode != 0)
        {
            string package = "python3-" + (module == "grpc" ? "grpcio" : module);
            Assert.Ignore($"{Interpreter} has no module '{module}' (Debian: apt-get install {package}).");
        }
    }

    private static string PathOf(string script) => Path.Combine(TestContext.CurrentContext.TestDirectory, script);
}
