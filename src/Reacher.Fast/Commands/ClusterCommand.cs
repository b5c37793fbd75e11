using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Commands;

/// <summary><c>cluster status</c> and <c>cluster certificate</c>: which machines have joined a run, and what they show each other.</summary>
internal static class ClusterCommand
{
    private const double RateSeconds = 1;

    public static Command Create() => new("cluster", "Look after a run on several machines.") { Status(), Certificate() };

    private static Command Status()
    {
        var address = new Argument<string>("address") { Description = "HOST:PORT of the run's machine; with --cluster-store the run's id." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("status", "List the machines that have joined a run, with their rates, what waits, and the age of their weights.")
        {
            address, json,
        };
        var security = new ClusterOptions();
        security.AddTo(command);
        command.SetAction(result =>
        {
            ClusterEndpoint endpoint = security.Find(result, result.GetValue(address));
            IClusterBackend backend = ClusterAssembly.Load();
            IReadOnlyList<MachineStatus> before = backend.Status(endpoint);
            Thread.Sleep(TimeSpan.FromSeconds(RateSeconds));
            IReadOnlyList<MachineStatus> now = backend.Status(endpoint);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(now, JsonStyle.PrintedIndented));
                return;
            }

            Console.WriteLine(now.Count == 0
                ? "No machine has joined."
                : "machine              envs       rows   rows/s  waiting  weights behind  silent");
            for (int i = 0; i < now.Count; i++)
            {
                MachineStatus machine = now[i];
                long rows = i < before.Count && before[i].Name == machine.Name ? machine.Rows - before[i].Rows : machine.Rows;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{machine.Name,-20} {machine.Environments,4} {machine.Rows,10} {Math.Max(0, rows) / RateSeconds,8:F0} {machine.Waiting,8} " +
                    $"{machine.WeightsBehind,7} updates {machine.SilentSeconds,5:F1} s"));
            }
        });
        return command;
    }

    private static Command Certificate()
    {
        var file = new Argument<string>("file") { Description = "Where to write it; it must not exist." };
        var command = new Command("certificate", "Make the certificate by which the machines of a run know each other.") { file };
        command.SetAction(result =>
        {
            string path = Path.GetFullPath(result.GetValue(file)!);
            ClusterAssembly.Load().MakeCertificate(path);
            Console.WriteLine($"Wrote {path}. Copy it to every machine of the run, and give it there as --cluster-certificate.");
        });
        return command;
    }
}
