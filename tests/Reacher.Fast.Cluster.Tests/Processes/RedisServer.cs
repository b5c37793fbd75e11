using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Reacher.Fast.Runner.Tests;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Debian's Redis on this machine, with a password, that keeps nothing; a test without it is ignored and says so.</summary>
internal sealed class RedisServer : IDisposable
{
    public const string Password = "s3cret-of-the-site";

    private readonly TemporaryFolder folder = new();
    private readonly int port = FreePort.Find();
    private Process process;

    public RedisServer() => process = Start();

    /// <summary>Its address, as users give it.</summary>
    public string Address => Told(Password);

    /// <summary>The same without what is secret.</summary>
    public string Shown => string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{port}");

    /// <summary>The same with another password.</summary>
    public string Told(string password) => string.Create(CultureInfo.InvariantCulture, $"redis://:{password}@127.0.0.1:{port}/3");

    /// <summary>Kills it, with all that it knows.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>How many fields it has under a key; 0 where there is no such key.</summary>
    public string FieldsOf(string key)
    {
        string[] arguments = ["-p", port.ToString(CultureInfo.InvariantCulture), "-n", "3", "-a", Password, "--no-auth-warning", "HLEN", key];
        var start = new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true };
        using Process asked = Process.Start(start)!;
        string answer = asked.StandardOutput.ReadToEnd();
        asked.WaitForExit();
        return answer.Trim();
    }

    /// <summary>Starts it again, empty.</summary>
    public void StartAgain() => process = Start();

    public void Dispose()
    {
        Kill();
        folder.Dispose();
    }

    private Process Start()
    {
        try
        {
            var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardInput = true };
            string[] settings =
            [
                $"port {port.ToString(CultureInfo.InvariantCulture)}", "bind 127.0.0.1", "save \"\"", "appendonly no", $"dir {folder.Path}",
                $"requirepass {Password}",
            ];
            start.ArgumentList.Add("-");
            Process started = Process.Start(start)!;
            started.StandardInput.Write(string.Join('\n', settings) + "\n");
            started.StandardInput.Close();
            started.OutputDataReceived += (_, _) => { };
            started.BeginOutputReadLine();
            RunnerProcess.WaitUntil(Listens, "Redis listens");
            return started;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("redis-server is not installed");
            throw;
        }
    }

    private bool Listens()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
