using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Runner.Tests;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Machines with a network between them, whose links are cut and whose processes are killed.</summary>
/// <remarks>REACHER_FAST_CLUSTER_KILLS and REACHER_FAST_CLUSTER_CUTS say how often in the long form.</remarks>
public sealed class NetworkTests
{
    private const string Forever = "1000000000";
    // What is too much for a pendulum: a run on one machine needs some hundred thousand.
    private const long LongestToSolve = 20_000_000;

    // Networks that solve the pendulum, while a checkpoint is never older than a second or two.
    private static readonly string[] Learning =
        ["--hidden-units", "64", "--batch-size", "64", "--steps-per-update", "5", "--buffer-init-steps", "2000"];

    [Test]
    // Weights of several pieces.
    public void A_link_that_was_cut_costs_no_row() =>
        Run(machines: 1, cuts: 1, kills: 0, "--steps-per-update", "20", "--hidden-units", "256", "--num-layers", "2");

    [Test]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Cluster.Tests --filter FullyQualifiedName~Stress_links; as root, an hour on two cores")]
    public void Stress_links_are_cut_and_processes_killed_on_two_machines() =>
        Run(machines: 2, Setting("REACHER_FAST_CLUSTER_CUTS", 50), Setting("REACHER_FAST_CLUSTER_KILLS", 950), Learning);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private static void Run(int machines, int cuts, int kills, params string[] more)
    {
        if (Networks.WhyNot is string reason)
        {
            Assert.Ignore(reason);
        }

        using var networks = new Networks(machines + 1);
        using ClusterRun run = new(
            Networks.Host,
            networks.Name(0),
            ["--insecure", "--max-steps", Forever, "--buffer-size", kills > 0 ? "60000000" : "4000000", "--n-step", "1",
                "--max-lifetime-restarts", "-1", .. more]);
        string[] names = [.. Enumerable.Range(1, machines).Select(networks.Name)];
        RunnerProcess[] joined = [.. names.Select(name => run.JoinFrom(name, name, ["--insecure"]))];
        ControlBlock[] controls = [.. names.Select(run.ControlOf)];
        run.AwaitJoinedRows(1_000);

        var random = new Random(11);
        for (int turn = 0; turn < cuts + kills; turn++)
        {
            int machine = random.Next(machines);
            if (turn % ((cuts + kills) / cuts) == 0)
            {
                double seconds = 4 + (kills > 0 ? random.Next(14) : 0);
                networks.Cut(machine + 1);
                RunnerProcess.WaitUntil(
                    () => controls[machine].Cluster.ReadGauge(SenderGauge.SilentSeconds) > seconds, $"machine {machine + 1} misses the run");
                networks.Mend(machine + 1);
            }
            else
            {
                Kill(run, controls[machine], random.Next(4));
            }

            run.AwaitJoinedRows(500);
        }

        while (kills > 0 && !IsSolved(run) && run.Control.TotalTransitions < LongestToSolve)
        {
            run.AwaitJoinedRows(5_000);
        }

        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(joined.Select(machine => machine.WaitForExit()), Has.All.Zero);
        RowChains found = RowChains.Of(run.Replay);
        TestContext.Out.WriteLine($"{cuts} cuts, {kills} kills, {found.Rows} rows, {run.JoinedRows} joined, {found.ShortText}");
        Assert.That(found.Repeated, Is.Zero);
        found.AssertWholeBut(environment =>
            controls.Append(run.Control).Sum(control => control.Slot(ProcessRole.Environment, environment).Restarts));
        Array.ForEach(controls, control => control.Dispose());
        if (kills > 0)
        {
            var summary = RunSummary.Load(run.Files.Summary);
            TestContext.Out.WriteLine(summary!.ToText());
            Assert.That(summary.Solved, Is.Not.Null, "the run is solved before its end");
        }
    }

    // Kept every few seconds; while it is replaced, it is not there.
    private static bool IsSolved(ClusterRun run)
    {
        try
        {
            using JsonDocument progress = JsonDocument.Parse(File.ReadAllText(run.Files.Progress));
            return progress.RootElement.TryGetProperty("solved", out JsonElement solved) && solved.ValueKind == JsonValueKind.Object;
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return false;
        }
    }

    private static void Kill(ClusterRun run, ControlBlock machine, int role)
    {
        ProcessSlot[] environments =
            [.. Enumerable.Range(1, 63).Select(i => machine.Slot(ProcessRole.Environment, i)).Where(slot => slot.Pid > 0)];
        ProcessSlot victim = role switch
        {
            0 => machine.Cluster,
            1 => run.Control.Cluster,
            2 => run.Control.Learner,
            _ => environments[0],
        };
        ClusterRun.KillAndAwaitSuccessor(victim);
    }
}
