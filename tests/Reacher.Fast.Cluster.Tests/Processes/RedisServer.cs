using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Reacher.Fast.Runner.Tests;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Debian's Redis, which keeps nothing.</summary>
internal sealed class RedisServer : StoreServer
{
    public const string Name = "Redis";

    private Process process;

    public RedisServer() => process = Start();

    public override string Shown => string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{Port}");

    public override string Told(string password) => string.Create(CultureInfo.InvariantCulture, $"redis://:{password}@127.0.0.1:{Port}/3");

    public override string At(int port) => string.Create(CultureInfo.InvariantCulture, $"redis://:p4ss@127.0.0.1:{port}");

    /// <summary>With all that it knows.</summary>
    public override void Kill()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>Starts it again, empty.</summary>
    public override void StartAgain() => process = Start();

    protected override int EntriesOf(string cluster)
    {
        string[] arguments =
        [
            "-p", Port.ToString(CultureInfo.InvariantCulture), "-n", "3", "-a", Password, "--no-auth-warning", "HLEN",
            $"reacher-fast/members/{cluster}",
        ];
        var start = new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true };
        using Process asked = Process.Start(start)!;
        string answer = asked.StandardOutput.ReadToEnd();
        asked.WaitForExit();
        return int.Parse(answer, CultureInfo.InvariantCulture);
    }

    private Process Start()
    {
        try
        {
            var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardInput = true };
            string[] settings =
            [
                $"port {Port.ToString(CultureInfo.InvariantCulture)}", "bind 127.0.0.1", "save \"\"", "appendonly no", $"dir {Folder.Path}",
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
            Folder.Dispose();
            Assert.Ignore("redis-server is not installed");
            throw;
        }
    }

    private bool Listens()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
