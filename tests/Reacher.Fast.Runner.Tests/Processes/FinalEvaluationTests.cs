using System.Text.Json.Nodes;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>What a run does when it has trained: it plays its policy, shows that it does, and names what it leaves.</summary>
[NonParallelizable]
public sealed class FinalEvaluationTests
{
    private const string Phase = "evaluating the final policy";
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [Test]
    public void It_is_shown_and_a_run_that_had_ended_keeps_its_score([Values] bool inProcess)
    {
        JsonNode[] first = Train(inProcess);
        JsonNode begun = first.First(line => (string?)line["phase"] == Phase);
        Assert.That((int)begun["final_episodes"]!, Is.EqualTo(1));
        Assert.That((double?)begun["final_score"], Is.Not.Null);
        JsonNode summary = first[^1];
        Assert.That((int)summary["final_episodes"]!, Is.EqualTo(3));
        Assert.That(File.Exists((string?)summary["model"]), Is.True);

        JsonNode[] again = Train(inProcess, "--resume");
        Assert.That(again.Where(line => (string?)line["phase"] == Phase), Is.Empty, "nothing was learned since");
        foreach (string same in new[] { "outcome", "transitions", "updates", "final_score", "final_deviation", "final_episodes", "model" })
        {
            Assert.That(again[^1][same]!.ToJsonString(), Is.EqualTo(summary[same]!.ToJsonString()), same);
        }

        JsonNode[] more = Train(inProcess, "--resume", "--max-steps", "6000");
        Assert.That(more.Where(line => (string?)line["phase"] == Phase), Is.Not.Empty, "another policy is another's score");
        Assert.That((long)more[^1]["transitions"]!, Is.GreaterThanOrEqualTo(6000));
    }

    [Test]
    public void It_can_be_left_out([Values] bool inProcess)
    {
        JsonNode[] lines = Train(inProcess, "--no-final-evaluation");
        Assert.That(lines.Where(line => (string?)line["phase"] == Phase), Is.Empty);
        Assert.That(lines[^1]["final_score"], Is.Null);
        Assert.That((string?)lines[^1]["outcome"], Is.EqualTo("finished"));
    }

    [Test]
    public void Before_the_first_evaluation_the_window_has_no_mean()
    {
        JsonNode first = Train(inProcess: true)[0];
        Assert.That((int)first["window_count"]!, Is.Zero);
        Assert.That(first["window_mean"], Is.Null);
    }

    [Test]
    public void The_replay_of_a_run_that_ended_by_itself_goes_unless_it_is_to_be_kept([Values] bool inProcess, [Values] bool kept)
    {
        string replay = Path.Combine(results, "a", "replay.map");
        Train(inProcess, kept ? ["--save-replay-buffer"] : []);
        Assert.That(File.Exists(replay), Is.EqualTo(kept));
        string[] resume = ["train", "--json", "--results-dir", results, "--run-id", "a", "--resume", "--max-steps", "1000000"];
        using (RunnerProcess more = RunnerProcess.Start(resume))
        {
            using ControlBlock control = RunnerProcess.Control(results, "a");
            RunnerProcess.WaitUntil(() => control.TotalTransitions > 3000, "the run goes on");
            more.Signal("TERM");
            Assert.That(more.WaitForExit(), Is.EqualTo(130), more.Errors);
            Assert.That(more.Errors, kept ? Does.Not.Contain("missing") : Does.Contain("replay.map' was missing; the run goes on with a new"));
        }

        Assert.That(File.Exists(replay), Is.True, "an interrupted run goes on with its replay");
    }

    [Test]
    public void Plain_lines_tell_of_it_and_the_last_names_the_model()
    {
        using RunnerProcess run = RunnerProcess.Start(Arguments(inProcess: true).Where(argument => argument != "--json"));
        run.WaitForLine("[INFO] Options that were not given have the values for the 20 arms of Unity's scene.");
        run.WaitForLine("[INFO] Reacher. Final evaluation: 1 of 3 episodes, mean ");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        Assert.That(run.RemainingOutput().Trim().Split('\n')[^1], Does.EndWith(Path.Combine(results, "a", "Reacher.onnx")));
    }

    private JsonNode[] Train(bool inProcess, params string[] more)
    {
        using RunnerProcess run = RunnerProcess.Start([.. Arguments(inProcess), .. more]);
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        return [.. run.RemainingOutput().Trim().Split('\n').Select(line => JsonNode.Parse(line)!)];
    }

    private IEnumerable<string> Arguments(bool inProcess) => RunnerProcess.SmallRun(
        results,
        "a",
        [
            "--max-steps", "1000", "--window", "3", "--evaluation-episodes", "1", "--max-step", "40", "--num-agents", "2",
            .. inProcess ? ["--in-process"] : Array.Empty<string>(),
        ]);
}
