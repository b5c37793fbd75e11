using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>The trainer's server within a process whose signals, environment variables and files are not its business.</summary>
public sealed class TrainerProcessTests
{
    private static readonly string Folder = TestContext.CurrentContext.TestDirectory;

    [Test]
    public async Task A_termination_signal_keeps_its_meaning()
    {
        using Process trainer = Start();
        await trainer.StandardOutput.ReadLineAsync();
        using (Process kill = Process.Start("kill", ["-TERM", trainer.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        bool ended = trainer.WaitForExit(TimeSpan.FromSeconds(30));
        trainer.Kill();
        Assert.That(ended, "the server took the signal");
        Assert.That(trainer.ExitCode, Is.EqualTo(128 + 15));
    }

    [Test]
    public async Task Neither_environment_variables_nor_settings_files_add_a_port()
    {
        // Whoever reads either listens on a port that is taken, and fails.
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://{taken.LocalEndpoint}";
        string settings = Path.Combine(Folder, "appsettings.json");
        await File.WriteAllTextAsync(settings, $$"""{ "Kestrel": { "Endpoints": { "b": { "Url": "{{address}}" } } } }""");
        try
        {
            using Process trainer = Start(("Kestrel__Endpoints__a__Url", address));
            Assert.That(await trainer.StandardOutput.ReadLineAsync(), Does.Match("^[0-9]+$"), "the trainer's port");
            trainer.Kill();
        }
        finally
        {
            File.Delete(settings);
        }
    }

    private static Process Start(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, "Reacher.Fast.TestChild"), ["await-player"]) { RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
