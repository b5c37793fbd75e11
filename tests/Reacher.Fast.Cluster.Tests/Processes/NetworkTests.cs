using Reacher.Fast.Replay.Control;
using Reacher.Fast.Runner.Tests;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Machines with a network between them, whose links are cut and whose processes are killed.</summary>
public sealed class NetworkTests
{
    private const string Forever = "1000000000";

    [Test]
    public void A_link_that_was_cut_costs_no_row() => Run(machines: 1, cuts: 1, kills: 0);

    [Test]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Cluster.Tests --filter FullyQualifiedName~Stress_links; as root, an hour on two cores")]
    public void Stress_links_are_cut_and_processes_killed_on_two_machines() => Run(machines: 2, cuts: 50, kills: 950);

    private static void Run(int machines, int cuts, int kills)
    {
        if (Networks.WhyNot is string reason)
        {
            Assert.Ignore(reason);
        }

        using var networks = new Networks(machines + 1);
        using ClusterRun run = new(
            Networks.Host,
            networks.Name(0),
            ["--insecure", "--max-steps", Forever, "--buffer-size", kills > 0 ? "60000000" : "4000000", "--steps-per-update", "20", "--n-step", "1",
                "--max-lifetime-restarts", "-1"]);
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

        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(joined.Select(machine => machine.WaitForExit()), Has.All.Zero);
        RowChains found = RowChains.Of(run.Replay);
        TestContext.Out.WriteLine($"{cuts} cuts, {kills} kills, {found.Rows} rows, {run.JoinedRows} joined, {found.ShortText}");
        Assert.That(found.Repeated, Is.Zero);
        found.AssertWholeBut(environment =>
            controls.Append(run.Control).Sum(control => control.Slot(ProcessRole.Environment, environment).Restarts));
        Array.ForEach(controls, control => control.Dispose());
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
