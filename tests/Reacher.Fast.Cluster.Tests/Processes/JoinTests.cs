using Reacher.Fast.Replay.Control;
using Reacher.Fast.Runner.Tests;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Env processes of another machine, which is here another process: their rows arrive, each once, whoever is killed.</summary>
public sealed class JoinTests
{
    [Test]
    public void Rows_of_a_joined_machine_arrive_once_whoever_is_killed() => Run(rounds: 2);

    [Test]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Cluster.Tests --filter TestCategory=Stress; a quarter of an hour on two cores")]
    public void Stress_rows_of_a_joined_machine_arrive_once_whoever_is_killed() => Run(rounds: 60);

    private static void Run(int rounds)
    {
        using ClusterRun run = new("--max-steps", "1000000000", "--buffer-size", "4000000", "--steps-per-update", "20", "--n-step", "1");
        RunnerProcess machine = run.Join("machine", "--num-envs", "2");
        using ControlBlock control = run.ControlOf("machine");
        run.AwaitJoinedRows(2_000);

        // The numbers after the run's own env process and its evaluation's.
        int[] environments = [2, 3];
        var lives = new Dictionary<int, int> { [0] = 1, [2] = 1, [3] = 1 };
        for (int round = 0; round < rounds; round++)
        {
            ClusterRun.KillAndAwaitSuccessor(control.Cluster);
            run.AwaitJoinedRows(1_000);
            ClusterRun.KillAndAwaitSuccessor(run.Control.Cluster);
            run.AwaitJoinedRows(1_000);
            int victim = environments[round % 2];
            ClusterRun.KillAndAwaitSuccessor(control.Slot(ProcessRole.Environment, victim));
            lives[victim]++;
            run.AwaitJoinedRows(1_000);
        }

        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(machine.WaitForExit(), Is.Zero, machine.Errors);
        RowChains found = RowChains.Of(run.Replay);
        TestContext.Out.WriteLine($"{3 * rounds} kills, {found.Rows} rows, {run.JoinedRows} of them joined, short chains {Text(found)}");
        Assert.That(found.Repeated, Is.Zero);
        // Each life of an env process leaves at most one episode of each agent unfinished.
        Assert.That(found.Short.Keys, Is.EquivalentTo(lives.Keys));
        foreach ((int environment, int count) in lives)
        {
            Assert.That(found.Short[environment], Is.LessThanOrEqualTo(count * ClusterRun.Agents), $"env {environment}: {Text(found)}");
        }
    }

    private static string Text(RowChains found) => string.Join(", ", found.Short.Select(pair => $"env {pair.Key}: {pair.Value}"));
}
