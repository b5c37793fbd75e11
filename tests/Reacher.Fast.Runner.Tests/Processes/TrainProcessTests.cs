using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Training.Evaluate;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>The main job with real processes: started, killed, hung, interrupted, resumed.</summary>
[NonParallelizable]
public sealed class TrainProcessTests
{
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [Test]
    public void An_interrupted_run_ends_with_130_and_a_checkpoint_and_goes_on_with_resume()
    {
        using (RunnerProcess run = Train(results, "a"))
        {
            using ControlBlock control = Control(results, "a");
            WaitUntil(() => control.Learner.Updates > 50, "updates are made");
            run.Signal("INT");
            Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
            run.WaitForLine("\"interrupted\"");
        }

        long transitions, updates;
        using (ControlBlock control = Control(results, "a"))
        {
            (transitions, updates) = (control.TotalTransitions, control.Learner.Updates);
        }

        Assert.That(Directory.GetFiles(Path.Combine(results, "a", "Reacher"), "*.safetensors"), Is.Not.Empty);
        Assert.That(File.Exists(Path.Combine(results, "a", "Reacher.onnx")), Is.True);
        using RunnerProcess resumed = Train(
            results, "a", "--resume", "--max-steps", (transitions + 3000).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(resumed.WaitForExit(), Is.Zero, resumed.Errors);
        using ControlBlock after = Control(results, "a");
        Assert.That(after.TotalTransitions, Is.GreaterThanOrEqualTo(transitions + 3000));
        Assert.That(after.Learner.Updates, Is.GreaterThan(updates));
        // No burst: what was owed for the new transitions, and not more.
        Assert.That(after.Limiter.Debt, Is.GreaterThanOrEqualTo(-1));
        string events = Directory.GetFiles(Path.Combine(results, "a", "Reacher"), "events.out.tfevents.*").Order(StringComparer.Ordinal).Last();
        Dictionary<int, List<object>> start = Events.ReadRecords(events)[1];
        Assert.That(start[2][0], Is.EqualTo((ulong)transitions + 1), "TensorBoard is told where the run went on");
        Assert.That(start.ContainsKey(7), "SessionLog");
    }

    [Test]
    public void A_run_goes_on_after_a_power_loss_that_left_no_map_as_it_was()
    {
        using (RunnerProcess run = Train(results, "a", "--max-steps", "3000", "--save-replay-buffer"))
        {
            Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        }

        string folder = Path.Combine(results, "a");
        string replay = Path.Combine(folder, "replay.map"), control = Path.Combine(folder, "control.map");
        byte[] rows = File.ReadAllBytes(replay);
        for (int page = 5; page < 200; page += 3)
        {
            rows.AsSpan(page * 4096, 4096).Clear();
        }

        File.WriteAllBytes(replay, rows);
        File.Delete(Path.Combine(folder, "weights.map"));
        File.WriteAllBytes(control, new byte[new FileInfo(control).Length]);
        using RunnerProcess resumed = Train(results, "a", "--resume", "--max-steps", "6000", "--save-replay-buffer");
        Assert.That(resumed.WaitForExit(), Is.Zero, resumed.Errors);
        Assert.That(resumed.Errors, Does.Contain("were not whole").And.Contain("was missing").And.Contain("control.map.damaged-1"));
        using ReplayFile after = ReplayFile.Open(replay, options: new ReplayOptions { Repair = false });
        Assert.That(ReplayVerifier.Verify(after).IsClean, Is.True);
        using ControlBlock counters = Control(results, "a");
        Assert.That(counters.TotalTransitions, Is.GreaterThanOrEqualTo(6000));
    }

    [Test]
    public void What_dies_is_started_again_and_the_run_goes_on()
    {
        using RunnerProcess run = Train(results, "b");
        using ControlBlock control = Control(results, "b");
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0), evaluation = control.Slot(ProcessRole.Evaluation, 0);
        WaitUntil(() => control.Learner.Updates > 20 && evaluation.Phase >= ProcessPhase.Running, "the run is under way");
        foreach (ProcessSlot victim in new[] { environment, evaluation, control.Learner })
        {
            int pid = victim.Pid;
            Kill("KILL", pid);
            WaitUntil(() => victim.Pid != pid && victim.Phase >= ProcessPhase.Running, $"{victim.Role} is started again");
            long transitions = control.TotalTransitions, updates = control.Learner.Updates;
            WaitUntil(() => control.TotalTransitions > transitions + 200 && control.Learner.Updates > updates + 10, "the run goes on");
        }

        Assert.That(control.Slot(ProcessRole.Environment, 0).Restarts, Is.EqualTo(1));
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        using ReplayFile replay = ReplayFile.Open(Path.Combine(results, "b", "replay.map"), options: new ReplayOptions { Repair = false });
        Assert.That(ReplayVerifier.Verify(replay).IsClean, Is.True);
    }

    [Test]
    public void A_process_that_hangs_is_killed_and_started_again()
    {
        using RunnerProcess run = Train(results, "c");
        using ControlBlock control = Control(results, "c");
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        WaitUntil(() => control.Learner.Updates > 20, "the run is under way");
        int pid = environment.Pid;
        Kill("STOP", pid);
        WaitUntil(() => environment.Pid != pid && environment.Phase == ProcessPhase.Running, "the hung environment is started again");
    }

    [Test]
    public void Children_end_themselves_when_their_supervisor_is_gone()
    {
        using RunnerProcess run = Train(results, "d");
        using ControlBlock control = Control(results, "d");
        ProcessSlot[] children = [control.Learner, control.Slot(ProcessRole.Environment, 0), control.Slot(ProcessRole.Evaluation, 0)];
        WaitUntil(() => children.All(child => child.IsHolderAlive) && control.Learner.Updates > 0, "all processes run");
        run.Signal("KILL");
        run.WaitForExit();
        WaitUntil(() => children.All(child => !child.IsHolderAlive), "no orphan is left");
    }

    [Test]
    public void A_second_signal_ends_the_run_at_once()
    {
        using RunnerProcess run = Train(results, "k", "--hung-seconds", "600");
        using ControlBlock control = Control(results, "k");
        WaitUntil(() => control.Learner.Updates > 20, "the run is under way");
        // One that never comes to see the stop flag: the first signal alone would wait for it for seconds, and then sum up.
        Kill("STOP", control.Learner.Pid);
        run.Signal("INT");
        WaitUntil(() => control.ShouldStop, "the first signal is taken");
        run.Signal("INT");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(File.Exists(Path.Combine(results, "k", "summary.json")), Is.False);
        Assert.That(control.Learner.IsHolderAlive, Is.False);
    }

    [TestCase("--in-process")]
    [TestCase("--no-stop")]
    public void A_signal_ends_the_final_evaluation_and_the_run_is_summed_up(string mode)
    {
        using RunnerProcess run = Train(results, "l", "--max-steps", "400", "--window", "100000", mode);
        using (ControlBlock control = Control(results, "l"))
        {
            WaitUntil(() => control.StopReason == StopReason.MaximumSteps, "all steps are made");
            WaitUntil(() => mode == "--in-process" || !control.Learner.IsHolderAlive, "the processes have ended");
        }

        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(run.WaitForLine("\"summary\""), Does.Contain("\"finished\""));
    }

    [Test]
    public void Too_many_deaths_in_a_row_end_the_run_with_the_last_words()
    {
        using RunnerProcess run = Train(results, "e", "--max-lifetime-restarts", "0");
        using ControlBlock control = Control(results, "e");
        WaitUntil(() => control.Learner.Updates > 0, "the run is under way");
        Kill("KILL", control.Slot(ProcessRole.Environment, 0).Pid);
        Assert.That(run.WaitForExit(), Is.EqualTo(1));
        Assert.That(run.Errors, Does.Contain("env-0").And.Contain("last words"));
    }

    [Test]
    public void A_run_that_exists_is_an_error_that_names_the_ways_on_and_not_the_one_that_deletes_it()
    {
        using (RunnerProcess first = Train(results, "f", "--max-steps", "400"))
        {
            Assert.That(first.WaitForExit(), Is.Zero, first.Errors);
        }

        // The run id is looked at before a player is, which takes its time to come.
        using RunnerProcess second = Train(results, "f", "--env", "./no-such-player");
        Assert.That(second.WaitForExit(), Is.EqualTo(2));
        Assert.That(second.Errors, Does.Contain("The run 'f' exists already").And.Not.Contain("player"));
        Assert.That(second.Errors, Does.Contain("--resume").And.Not.Contain("--force"));
    }

    [Test]
    public void A_run_killed_as_a_whole_goes_on_without_a_burst_and_with_its_scores()
    {
        string[] small = ["--num-agents", "2", "--window", "50"];
        using (RunnerProcess run = Train(results, "h", small))
        {
            using ControlBlock control = Control(results, "h");
            ProcessSlot[] all = [control.Learner, control.Slot(ProcessRole.Environment, 0), control.Slot(ProcessRole.Evaluation, 0)];
            WaitUntil(() => control.Slot(ProcessRole.Evaluation, 0).Episodes >= 2 && control.Learner.Updates > 200, "scores are there");
            run.Signal("KILL");
            run.WaitForExit();
            foreach (ProcessSlot child in all.Where(child => child.IsHolderAlive))
            {
                Kill("KILL", child.Pid);
            }

            WaitUntil(() => all.All(child => !child.IsHolderAlive), "all are gone");
        }

        string evaluations = Path.Combine(results, "h", "evaluations.jsonl");
        IReadOnlyList<EvaluationRecord> before = EvaluationLog.Read(evaluations);
        using RunnerProcess resumed = Train(results, "h", [.. small, "--resume"]);
        string first = resumed.WaitForLine("\"status\"");
        using (ControlBlock control = Control(results, "h"))
        {
            Assert.That(first, Does.Contain($"\"evaluation_episodes\":{before.Count},"), "the window is as it was");
            WaitUntil(() => control.Slot(ProcessRole.Evaluation, 0).Episodes > before.Count, "the window goes on");
            WaitUntil(() => control.Learner.Updates > control.Limiter.BaseUpdates, "learning goes on");
            resumed.Signal("TERM");
            Assert.That(resumed.WaitForExit(), Is.EqualTo(130), resumed.Errors);

            // What the transitions since then owe, and nothing for those before, whose updates were lost with their learner.
            long transitions = control.TotalTransitions - control.Limiter.BaseTransitions,
                updates = control.Learner.Updates - control.Limiter.BaseUpdates;
            Assert.That(updates, Is.LessThanOrEqualTo((transitions * control.Limiter.Limits.UpdatesPerTransition) + 1).And.GreaterThan(0));
            Assert.That(control.Limiter.BaseTransitions, Is.GreaterThanOrEqualTo(before[^1].Transitions));
        }

        Assert.That(EvaluationLog.Read(evaluations).Take(before.Count), Is.EqualTo(before));
    }

    [Test]
    public void A_full_disk_costs_checkpoints_and_not_the_run()
    {
        using var disk = new SmallDisk(results, "64m");
        using RunnerProcess run = Train(results, "i", "--num-agents", "2", "--hung-seconds", "60");
        using ControlBlock control = Control(results, "i");
        ProcessSlot evaluation = control.Slot(ProcessRole.Evaluation, 0);
        string newest = Path.Combine(results, "i", "Reacher", CheckpointStore.LatestName);
        WaitUntil(() => File.Exists(newest), "a checkpoint is there");
        disk.Fill();
        run.WaitForLine("was not saved: the disk is full");
        CheckpointStore.Load(newest, out long step);
        (long transitions, long updates, long episodes) = (control.TotalTransitions, control.Learner.Updates, evaluation.Episodes);
        WaitUntil(
            () => control.TotalTransitions > transitions + 500 && control.Learner.Updates > updates + 100 && evaluation.Episodes > episodes,
            "the run goes on");
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
        int pid = environment.Pid;
        Kill("KILL", pid);
        WaitUntil(() => environment.Pid != pid && environment.Phase >= ProcessPhase.Running, "what dies is started again");
        disk.Empty();
        run.WaitForLine("Checkpoints are saved again");
        CheckpointStore.Load(newest, out long later);
        Assert.That(later, Is.GreaterThan(step));
        episodes = evaluation.Episodes;
        WaitUntil(() => evaluation.Episodes > episodes, "an evaluation has ended since");
        run.Signal("INT");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        Assert.That(EvaluationLog.Read(Path.Combine(results, "i", "evaluations.jsonl")), Has.Count.EqualTo(evaluation.Episodes), "no score is lost");
        Assert.That(new[] { control.Learner.Restarts, evaluation.Restarts, environment.Restarts }, Is.EqualTo(new[] { 0, 0, 1 }));
    }

    [Test]
    public void A_run_that_cannot_go_on_as_configured_is_one_sentence_and_stays_as_it_was()
    {
        using (RunnerProcess first = Train(results, "j", "--max-steps", "1000", "--save-replay-buffer"))
        {
            Assert.That(first.WaitForExit(), Is.Zero, first.Errors);
        }

        string configuration = Path.Combine(results, "j", "configuration.yaml");
        string before = File.ReadAllText(configuration);
        using (RunnerProcess wrong = Train(results, "j", "--resume", "--num-layers", "3"))
        {
            Assert.That(wrong.WaitForExit(), Is.EqualTo(2));
            Assert.That(wrong.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(wrong.Errors, Does.Contain("hidden layers of 16 and 16 units"));
        }

        using (RunnerProcess larger = Start("train", "--resume", "--results-dir", results, "--run-id", "j", "--buffer-size", "200000"))
        {
            Assert.That(larger.WaitForExit(), Is.EqualTo(2));
            Assert.That(larger.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(larger.Errors, Does.Contain("room for 100000 rows").And.Contain("asks for 200000"));
        }

        Assert.That(File.ReadAllText(configuration), Is.EqualTo(before));
        using RunnerProcess same = Start(
            "train", "--resume", "--results-dir", results, "--run-id", "j", "--max-steps", "1500", "--buffer-size", "50000");
        Assert.That(same.WaitForExit(), Is.Zero, same.Errors);
    }

    [Test]
    public void A_run_begins_with_the_weights_of_another_and_with_its_own_of_before()
    {
        using (RunnerProcess first = Train(results, "k", "--max-steps", "2000"))
        {
            Assert.That(first.WaitForExit(), Is.Zero, first.Errors);
        }

        string foreign = Path.Combine(results, "policy.onnx");
        File.WriteAllText(foreign, "");
        foreach ((string beginning, string sentence) in ((string, string)[])[("none", "'none'"), (foreign, "is an ONNX policy, which")])
        {
            using RunnerProcess wrong = Train(results, "l", "--initialize-from", beginning);
            Assert.That(wrong.WaitForExit(), Is.EqualTo(2));
            Assert.That(wrong.Errors, Does.Contain(sentence));
            Assert.That(Directory.Exists(Path.Combine(results, "l")), Is.False, "nothing is made for a run that cannot begin");
        }

        using RunnerProcess again = Train(
            results, "k", "--force", "--initialize-from", "k", "--in-process", "--num-agents", "2", "--max-steps", "2000");
        Assert.That(again.WaitForExit(), Is.Zero, again.Errors);
        using ControlBlock control = Control(results, "k");
        Assert.That(control.Learner.Updates, Is.EqualTo(600).Within(5), "its updates count from 0");
    }

    [TestCase("train --no-such-flag", "--no-such-flag")]
    [TestCase("train --learning-rte 0.1", "--learning-rate")]
    [TestCase("train --buffer-size 60000000000", "--buffer-size")]
    [TestCase("train --gamma 2", "gamma")]
    [TestCase("train no-such-file.yaml", "no-such-file.yaml")]
    [TestCase("verify-env --demo no-such-file.demo", "no-such-file.demo")]
    [TestCase("replay inspect no-such-file", "no-such-file")]
    [TestCase("eval no-such-run", "no-such-run")]
    public void Wrong_usage_is_one_sentence_and_exit_code_2(string command, string named)
    {
        using RunnerProcess run = Start([.. command.Split(' ')]);
        Assert.That(run.WaitForExit(), Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain(named));
        Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
    }
}
