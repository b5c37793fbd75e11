using System.Diagnostics;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Runs the grpcio peer, where the machine has one.</summary>
internal static class Python
{
    private static readonly Lazy<string?> Interpreter = new(Find);

    /// <summary>Starts the peer, or ignores the test with the reason.</summary>
    public static Process Start(params string[] arguments)
    {
        if (Interpreter.Value is null)
        {
            Assert.Ignore("No Python with grpcio here; 'apt-get install python3-grpcio' brings it.");
        }

        string script = Path.Combine(TestContext.CurrentContext.TestDirectory, "MlAgents", "Peers", "grpcio_peer.py");
        return Process.Start(new ProcessStartInfo(Interpreter.Value!, [script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
    }

    private static string? Find()
    {
        foreach (string candidate in (string[])["python3", "/usr/bin/python3"])
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(candidate, ["-c", "import grpc"])
                {
                    RedirectStandardError = true,
                })!;
                process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return candidate;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not here; the next one.
            }
        }

        return null;
    }
}
