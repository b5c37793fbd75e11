using System.Net;
using System.Net.Sockets;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Runner.Tests;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Machines that find a run by its id, in a store of the site.</summary>
[TestFixture(RedisServer.Name)]
[TestFixture(PostgreSqlServer.Name)]
public sealed class StoreTests(string product)
{
    private static readonly string[] Quick =
        ["--max-steps", "1000000000", "--buffer-size", "4000000", "--steps-per-update", "20", "--n-step", "1", "--summary-freq", "1000"];

    [Test]
    public void A_machine_finds_a_run_by_its_id_whoever_is_killed_and_when_it_has_ended_the_store_has_it_no_more()
    {
        using StoreServer store = StoreServer.Start(product);
        using ClusterRun run = new(["--cluster-store", store.Address, .. Quick]);
        RunnerProcess machine = run.JoinById("machine", store.Address);
        using ControlBlock joined = run.ControlOf("machine");
        run.AwaitJoinedRows(1_000);
        ClusterRun.KillAndAwaitSuccessor(run.Control.Cluster);
        run.AwaitJoinedRows(500);
        Assert.That(store.Entries, Is.EqualTo(2), "the version and the one silo that lives");
        Assert.That(Run("cluster", "status", ClusterRun.Id, "--cluster-store", store.Address).Output, Does.Contain(Environment.MachineName));

        store.Kill();
        run.AwaitJoinedRows(500);
        ClusterRun.KillAndAwaitSuccessor(run.Control.Cluster);
        store.StartAgain();
        run.AwaitJoinedRows(500);

        Assert.That(
            new[] { "*.json", "*.jsonl", "*.yaml", "*.log" }
                .SelectMany(pattern => Directory.GetFiles(run[""], pattern, SearchOption.AllDirectories))
                .Where(file => File.ReadAllText(file).Contains(StoreServer.Password, StringComparison.Ordinal)),
            Is.Empty,
            "files that hold the password");
        ControlBlock control = run.Control;
        int[] children = [control.Cluster.Pid, control.Learner.Pid, control.Slot(ProcessRole.Environment, 0).Pid, machine.Process.Id];
        Assert.That(children.Select(pid => File.ReadAllText($"/proc/{pid}/cmdline")), Has.None.Contains(StoreServer.Password));
        int[] others = [control.Learner.Pid, control.Slot(ProcessRole.Environment, 0).Pid];
        Assert.That(others.Select(pid => File.ReadAllText($"/proc/{pid}/environ")), Has.None.Contains(StoreServer.Password));
        int far = joined.Slot(ProcessRole.Environment, 2).Pid;
        Assert.That(File.ReadAllText($"/proc/{far}/environ"), Does.Not.Contain(StoreServer.Password));
        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(machine.WaitForExit(), Is.Zero, machine.Errors);
        Assert.That(run.Trainer.Errors + machine.Errors + run.Trainer.RemainingOutput(), Does.Not.Contain(StoreServer.Password));
        Assert.That(RowChains.Of(run.Replay).Repeated, Is.Zero);
        Assert.That(
            File.ReadAllText(Path.Combine(run.Results, ClusterRun.Id, "metrics.jsonl")),
            Does.Contain($"\"machines\":[{{\"name\":\"{Environment.MachineName}\",\"place\":0,\"environments\":1,"));
        Assert.That(store.Entries, Is.Zero);
        Refuses(
            ["join", ClusterRun.Id, "--cluster-store", store.Address, "--wait", "0"],
            $"The store {store.Shown} has no run '{ClusterRun.Id}'; start it with 'train --run-id {ClusterRun.Id} --cluster HOST:PORT");
    }

    [Test]
    public void A_store_that_cannot_be_used_is_refused_before_anything_is_made()
    {
        using StoreServer store = StoreServer.Start(product);
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using TemporaryFolder folder = new();
        foreach ((string address, string sentence) in (IEnumerable<(string, string)>)
        [
            (store.Told("wrong"), $"The store {store.Shown} cannot be used (it takes neither this user nor this password)"),
            (store.Shown, $"The store {store.Shown} cannot be used (it takes neither this user nor this password)"),
            (store.At(1), $"127.0.0.1:1 cannot be used (nobody answers there as {product} does)"),
            (store.At(((IPEndPoint)silent.LocalEndpoint).Port), $"cannot be used (nobody answers there as {product} does)"),
            ("127.0.0.1:6379:p4ss", "--cluster-store is no address of a store"),
        ])
        {
            Refuses(["train", "--results-dir", folder["results"], "--run-id", "a", "--cluster", "--cluster-store", address], sentence);
        }

        Refuses(["join", "a", "--wait", "0", "--cluster-store", store.Told("wrong")], $"The store {store.Shown} cannot be used (it takes");
        Refuses(["join", "a", "--wait", "0", "--cluster-store", store.At(1)], "127.0.0.1:1 cannot be used (nobody answers");

        Assert.That(Directory.Exists(folder["results"]), Is.False);
    }

    [Test]
    public void A_run_of_the_same_id_at_another_address_is_not_taken_over()
    {
        using StoreServer store = StoreServer.Start(product);
        using ClusterRun run = new(["--cluster-store", store.Address, .. Quick]);
        RunnerProcess.WaitUntil(() => run.IsListening, "the run listens");
        using TemporaryFolder folder = new();
        string port = FreePort.Find().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Refuses(
            [
                "train", "--results-dir", folder["results"], "--run-id", ClusterRun.Id, "--cluster", $"127.0.0.1:{port}",
                "--cluster-store", store.Address,
            ],
            $"The store {store.Shown} has the run '{ClusterRun.Id}' at {run.Address} already; end it there, or give this one another --run-id.");
        Assert.That(Directory.Exists(folder["results"]), Is.False);
    }

    private static void Refuses(string[] arguments, string sentence)
    {
        (int code, _, string errors) = Run(arguments);
        Assert.That(errors, Does.Contain(sentence));
        Assert.That(errors, Does.Not.Contain("p4ss").And.Not.Contain(StoreServer.Password));
        Assert.That(errors.Trim(), Does.Not.Contain("\n"), "one sentence");
        Assert.That(code, Is.EqualTo(2));
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using RunnerProcess process = RunnerProcess.Start(arguments);
        int code = process.WaitForExit();
        return (code, process.RemainingOutput(), process.Errors);
    }
}
