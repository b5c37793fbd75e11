using System.Globalization;
using System.Runtime.Versioning;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Reporting.Metrics;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>
/// <c>train --env PLAYER</c> with real processes. The player is this program's own <c>player</c>, behind a script that a trainer starts as it
/// would a build of Unity's.
/// </summary>
[NonParallelizable]
[SupportedOSPlatform("linux")]
[Platform("Linux", Reason = "finds players in /proc, and starts them by a shell script")]
public sealed class PlayerProcessTests
{
    // A build knows the port argument of its generation alone.
    private const string CurrentBuild = """exec dotnet "$dll" player "$@" """;
    private const string OldBuild = """
        arguments=()
        while [ $# -gt 0 ]; do
            if [ "$1" = --mlagents-port ]; then shift 2; else arguments+=("$1"); shift; fi
        done
        exec dotnet "$dll" player "${arguments[@]}"
        """;

    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [Test]
    public void A_build_of_2018_trains()
    {
        using RunnerProcess run = Train(OldBuild, "--max-steps", "1000", "--window", "1", "--env-args", "--num-arms", "4", "--max-step", "200");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        Assert.That(run.Errors, Does.Contain("Connected: Academy, API-4.")
            .And.Contain("Behaviour 'ReacherBrain': 4 agents, 33 observations, 4 actions."));
        using ControlBlock control = Control(results, "a");
        Assert.That(control.Learner.Updates, Is.GreaterThan(20));
        Assert.That(control.TotalEpisodes, Is.GreaterThan(2));
        Assert.That(Players(), Is.Empty, "no player is left behind");
    }

    [Test]
    public void Players_train_beside_each_other_and_one_that_dies_is_started_again()
    {
        using RunnerProcess run = Train(CurrentBuild, "--num-envs", "2", "--no-graphics", "--env-args", "--num-arms", "4", "--max-step", "200");
        using ControlBlock control = Control(results, "a");
        ProcessSlot[] environments = [control.Slot(ProcessRole.Environment, 0), control.Slot(ProcessRole.Environment, 1)];
        ProcessSlot evaluation = control.Slot(ProcessRole.Evaluation, 0);
        WaitUntil(() => control.Learner.Updates > 20 && environments.All(slot => slot.VectorSteps > 60) && evaluation.Episodes > 0, "players train");
        Assert.That(run.Errors, Does.Contain("Behaviour 'Reacher?team=0': 4 agents, 33 observations, 4 actions."));

        int player = Player(0);
        Kill("KILL", player);
        run.WaitForLine("env-0 died with exit code 1 and was started again; it said: The player ");
        WaitUntil(() => environments[0].Restarts == 1 && environments[0].Phase == ProcessPhase.Running && Player(0) != player,
            "another player plays");
        long steps = environments[0].VectorSteps, others = environments[1].VectorSteps;
        WaitUntil(() => environments[0].VectorSteps > steps + 20 && environments[1].VectorSteps > others + 20, "both train on");
        Assert.That(environments[1].Restarts, Is.Zero, "the other never noticed");

        run.Signal("INT");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(Players(), Is.Empty, "no player is left behind");
        Assert.That(File.ReadAllText(PlayerLog(1)), Does.Contain("the trainer closed"), "told to close, not killed");
        AssertSceneStatisticsWereRecorded();
    }

    [Test]
    public void Players_leave_when_their_env_process_is_killed_and_when_the_supervisor_is()
    {
        using RunnerProcess run = Train(CurrentBuild, "--env-args", "--num-arms", "4");
        using ControlBlock control = Control(results, "a");
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        WaitUntil(() => environment.VectorSteps > 20, "the player plays");
        int player = Player(0);
        Kill("KILL", environment.Pid);
        WaitUntil(() => !Players().Contains(player), "the player has left");
        WaitUntil(() => environment.Phase == ProcessPhase.Running && Players().Count == 2, "another plays, and that of the evaluation");
        run.Signal("KILL");
        run.WaitForExit();
        WaitUntil(() => Players().Count == 0, "no player is left behind");
        ProcessSlot[] children = [control.Learner, environment, control.Slot(ProcessRole.Evaluation, 0)];
        WaitUntil(() => !children.Any(child => child.IsHolderAlive), "no process of the run is left behind, which would write into its folder");
    }

    [Test]
    public void A_player_that_hangs_holds_up_neither_the_others_nor_the_runs_end()
    {
        using RunnerProcess run = Train(CurrentBuild, "--num-envs", "2", "--env-args", "--num-arms", "4");
        using ControlBlock control = Control(results, "a");
        ProcessSlot[] environments = [control.Slot(ProcessRole.Environment, 0), control.Slot(ProcessRole.Environment, 1)];
        WaitUntil(() => control.Learner.Updates > 20 && environments.All(slot => slot.VectorSteps > 60), "players train");
        Kill("STOP", Player(0));
        long others = environments[1].VectorSteps, updates = control.Learner.Updates;
        WaitUntil(() => environments[1].VectorSteps > others + 200 && control.Learner.Updates > updates + 20, "the other trains on");
        run.Signal("INT");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(Players(), Is.Empty, "the one that hung was ended");
    }

    [Test]
    [Category("Stress")]
    [Explicit("waits for a time-out of 20 s: dotnet test -c Release tests/Reacher.Fast.Runner.Tests --filter TestCategory=Stress")]
    public void A_player_that_hangs_is_lost_after_the_timeout_and_started_again()
    {
        using RunnerProcess run = Train(CurrentBuild, "--timeout-wait", "20", "--env-args", "--num-arms", "4");
        using ControlBlock control = Control(results, "a");
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        WaitUntil(() => environment.VectorSteps > 20, "the player plays");
        Kill("STOP", Player(0));
        Assert.That(run.WaitForLine("env-0 died"), Does.Contain("The player said nothing for 20 s."));
        WaitUntil(() => environment.Restarts == 1 && environment.Phase == ProcessPhase.Running, "another plays");
    }

    [TestCase("echo 'There is no display.' >&2; exit 3", 1, "There is no display.", "exited with code 3")]
    [TestCase("echo 'Loading the level.'; exec sleep 1000", 1, "Loading the level.", "No player connected within 2 s.")]
    public void A_player_that_does_not_come_ends_the_run_before_it_begins(string build, int code, string lastWord, string sentence)
    {
        using RunnerProcess run = Train(build, "--timeout-wait", "2");
        Assert.That(run.WaitForExit(), Is.EqualTo(code));
        string[] lines = run.Errors.Trim().Split('\n');
        Assert.That(lines, Does.Contain(lastWord));
        Assert.That(lines[^1], Does.StartWith("reacher-fast: ").And.Contain(sentence));
        Assert.That(Directory.Exists(Path.Combine(results, "a")), Is.False, "no folder to get out of the way");
    }

    [Test]
    public void A_file_that_is_no_player_is_wrong_usage()
    {
        using RunnerProcess run = Start("train", "--env", Path.Combine(results, "no-such-build"), "--results-dir", results);
        Assert.That(run.WaitForExit(), Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("There is no player at "));
        Assert.That(run.RemainingOutput(), Is.Empty, "nothing about a run that does not begin");
    }

    [Test]
    public void A_signal_while_the_first_player_is_awaited_ends_it_as_well()
    {
        string pid = Path.Combine(results, "pid");
        using RunnerProcess run = Train($"echo $$ > '{pid}.new'; mv '{pid}.new' '{pid}'; exec sleep 1000");
        WaitUntil(() => File.Exists(pid), "the player is started");
        run.Signal("INT");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(Directory.Exists("/proc/" + File.ReadAllText(pid).Trim()), Is.False, "no player is left behind");
    }

    [Test]
    public void Play_is_pressed_once_for_a_run_with_the_editor()
    {
        int port = FreePort.Find();
        string text = port.ToString(CultureInfo.InvariantCulture);
        using RunnerProcess editor = Start("player", "--mlagents-port", text, "--num-arms", "4", "--max-step", "200");
        using RunnerProcess run = RunnerProcess.Train(
            results, "a", "--env", "editor", "--base-port", (port + 1).ToString(CultureInfo.InvariantCulture), "--max-steps", "4000",
            "--steps-per-update", "20", "--window", "1");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        Assert.That(editor.WaitForExit(), Is.Zero, editor.Errors);
        Assert.That(run.Errors, Does.Contain("press Play in the Unity editor"));
        Assert.That(editor.Errors, Does.Contain("the trainer closed"));
        using ControlBlock control = Control(results, "a");
        Assert.That(control.Slot(ProcessRole.Evaluation, 0).Episodes, Is.EqualTo(1), "trained and evaluated alternately");
        AssertSceneStatisticsWereRecorded();
    }

    [Test]
    public void Stop_in_the_editor_ends_the_run_and_Play_goes_on_with_it()
    {
        int port = FreePort.Find();
        string[] arguments = ["--env", "editor", "--base-port", (port + 1).ToString(CultureInfo.InvariantCulture), "--steps-per-update", "20",
            "--window", "1"];
        using (RunnerProcess editor = StartEditor())
        using (RunnerProcess run = RunnerProcess.Train(results, "a", arguments))
        {
            using ControlBlock control = Control(results, "a");
            WaitUntil(() => control.Slot(ProcessRole.Evaluation, 0).Episodes > 0, "a segment is over");
            editor.Signal("INT");
            Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
            run.WaitForLine("Go on with --resume --run-id a.");
        }

        using (RunnerProcess editor = StartEditor())
        using (RunnerProcess run = RunnerProcess.Train(results, "a", [.. arguments, "--resume", "--max-steps", "8000"]))
        {
            run.WaitForLine("Going on from ");
            Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        }

        RunnerProcess StartEditor() => Start(
            "player", "--mlagents-port", port.ToString(CultureInfo.InvariantCulture), "--num-arms", "4", "--max-step", "200");
    }

    private void AssertSceneStatisticsWereRecorded() => Assert.That(
        MetricsFile.Read(Path.Combine(results, "a", "metrics.jsonl")).Where(line => line.Kind == MetricsKind.Statistics)
            .SelectMany(line => line.Statistics!.Keys),
        Has.Some.EqualTo("Reacher/Episode Score"));

    private RunnerProcess Train(string build, params IEnumerable<string> more)
    {
        string script = Path.Combine(results, "Scene.x86_64");
        PlayerScript.Write(script, $"dll='{Path.Combine(AppContext.BaseDirectory, "reacher-fast.dll")}'\n{build}");
        // As a user names it: without the suffix.
        return RunnerProcess.Train(
            results, "a",
            ["--env", Path.Combine(results, "Scene"), "--base-port", FreePort.Find().ToString(CultureInfo.InvariantCulture),
                "--steps-per-update", "20",
                .. more]);
    }

    private string PlayerLog(int worker) =>
        Path.Combine(results, "a", "run_logs", string.Create(CultureInfo.InvariantCulture, $"Player-{worker}.log"));

    private int Player(int worker)
    {
        string log = PlayerLog(worker);
        int found = 0;
        WaitUntil(() => (found = Processes(log).FirstOrDefault()) != 0, $"player {worker} runs");
        return found;
    }

    private List<int> Players() => Processes(Path.Combine(results, "a", "run_logs", "Player-"));

    /// <summary>Players with <paramref name="argument"/> in their command line.</summary>
    private static List<int> Processes(string argument)
    {
        var found = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) &&
                CommandLineOf(folder).Contains(argument, StringComparison.Ordinal))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    // Empty for a process that has ended and is not yet waited for.
    private static string CommandLineOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
