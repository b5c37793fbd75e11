using Reacher.Fast.Replay.Control;
using Reacher.Fast.Runner.Tests;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Env processes of another machine, which is here another process: their rows arrive, each once, whoever is killed.</summary>
public sealed class JoinTests
{
    // One-step transitions, whose chains can be followed, and a replay that they do not fill.
    private static readonly string[] Quick =
        ["--max-steps", "1000000000", "--buffer-size", "4000000", "--steps-per-update", "20", "--n-step", "1"];

    [Test]
    public void Rows_of_a_joined_machine_arrive_once_whoever_is_killed() => Run(rounds: 2);

    [Test]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Cluster.Tests --filter TestCategory=Stress; a quarter of an hour on two cores")]
    public void Stress_rows_of_a_joined_machine_arrive_once_whoever_is_killed() => Run(rounds: 60);

    [Test]
    public void A_machine_goes_on_with_a_run_that_is_resumed_after_everything_of_it_was_killed()
    {
        using ClusterRun run = new(Quick);
        RunnerProcess machine = run.Join("machine", "--num-envs", "2");
        using ControlBlock control = run.ControlOf("machine");
        run.AwaitJoinedRows(2_000);
        RunnerProcess.Kill("KILL", control.Cluster.Pid);
        RunnerProcess.Kill("KILL", run.Control.Cluster.Pid);
        RunnerProcess.Kill("KILL", run.Trainer.Process.Id);
        run.Trainer.WaitForExit();
        run.Resume(Quick);
        run.AwaitJoinedRows(2_000);

        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(machine.WaitForExit(), Is.Zero, machine.Errors);
        RowChains found = RowChains.Of(run.Replay);
        TestContext.Out.WriteLine($"{found.Rows} rows, {run.JoinedRows} of them joined, {found.ShortText}");
        Assert.That(found.Repeated, Is.Zero);
        // The machine's own processes were not killed, and what they had begun before goes on afterwards; the run's were, all of them.
        found.AssertWholeBut(environment => environment == 0 ? 1 : control.Slot(ProcessRole.Environment, environment).Restarts);
    }

    [Test]
    public void A_run_that_no_machine_may_join_loads_no_Orleans()
    {
        using TemporaryFolder folder = new();
        using RunnerProcess alone = RunnerProcess.Train(folder.Path, "alone", "--env", "pendulum", "--no-stop");
        using ControlBlock control = RunnerProcess.Control(folder.Path, "alone");
        ProcessSlot[] slots =
            [control.Supervisor, control.Learner, control.Slot(ProcessRole.Environment, 0), control.Slot(ProcessRole.Evaluation, 0)];
        RunnerProcess.WaitUntil(() => slots[1..].All(slot => slot.Phase >= ProcessPhase.Running), "all processes run");
        Assert.That(slots.Select(slot => Loads(slot.Pid, "Orleans")), Has.All.False);
        Assert.That(slots.Select(slot => Loads(slot.Pid, "Reacher.Fast.Replay")), Has.All.True, "what is loaded can be seen");

        using ClusterRun run = new(Quick);
        RunnerProcess.WaitUntil(() => run.IsListening, "the run listens");
        Assert.That(Loads(run.Control.Cluster.Pid, "Orleans"), Is.True);
    }

    private static bool Loads(int pid, string assembly) => File.ReadAllText($"/proc/{pid}/maps").Contains(assembly, StringComparison.Ordinal);

    private static void Run(int rounds)
    {
        using ClusterRun run = new(Quick);
        RunnerProcess machine = run.Join("machine", "--num-envs", "2");
        using ControlBlock control = run.ControlOf("machine");
        run.AwaitJoinedRows(2_000);

        // The numbers after the run's own env process and its evaluation's.
        int[] environments = [2, 3];
        for (int round = 0; round < rounds; round++)
        {
            ClusterRun.KillAndAwaitSuccessor(control.Cluster);
            run.AwaitJoinedRows(1_000);
            ClusterRun.KillAndAwaitSuccessor(run.Control.Cluster);
            run.AwaitJoinedRows(1_000);
            int victim = environments[round % 2];
            ClusterRun.KillAndAwaitSuccessor(control.Slot(ProcessRole.Environment, victim));
            run.AwaitJoinedRows(1_000);
        }

        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(machine.WaitForExit(), Is.Zero, machine.Errors);
        RowChains found = RowChains.Of(run.Replay);
        TestContext.Out.WriteLine($"{3 * rounds} kills, {found.Rows} rows, {run.JoinedRows} of them joined, {found.ShortText}");
        Assert.That(found.Repeated, Is.Zero);
        Assert.That(found.Short.Keys, Is.EquivalentTo([0, .. environments]));
        found.AssertWholeBut(environment =>
            run.Control.Slot(ProcessRole.Environment, environment).Restarts + control.Slot(ProcessRole.Environment, environment).Restarts);
    }
}
