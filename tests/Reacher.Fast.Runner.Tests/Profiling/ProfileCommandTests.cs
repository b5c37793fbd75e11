using System.Text.Json;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Runner.Tests.Profiling;

/// <summary><c>profile</c> as a user starts it: short, with small networks. Its figures are not judged.</summary>
[NonParallelizable]
public sealed class ProfileCommandTests
{
    private static readonly string[] Stages = ["act", "step", "replay write", "weight read", "replay sample", "update", "publish"];

    [Test]
    public void It_measures_every_stage_and_a_real_run_and_leaves_nothing_behind()
    {
        using var temporary = new TemporaryFolder();
        using RunnerProcess run = Profile(temporary, "--seconds", "1", "--device", "cpu");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        using JsonDocument document = JsonDocument.Parse(run.RemainingOutput());
        JsonElement device = document.RootElement.GetProperty("devices")[0];
        Assert.That(document.RootElement.GetProperty("complete").GetBoolean(), Is.True);
        Assert.That(device.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()), Is.EqualTo(Stages));
        JsonElement[] sets = [.. document.RootElement.GetProperty("instruction_sets").EnumerateArray()];
        Assert.That(sets[0].GetProperty("name").GetString(), Is.EqualTo(InstructionSets.NameOf(InstructionSets.Best)));
        foreach (JsonElement set in sets)
        {
            Assert.That(set.GetProperty("product").GetDouble(), Is.Positive);
            Assert.That(set.GetProperty("clock").GetDouble(), Is.Positive);
        }

        foreach (JsonElement stage in device.GetProperty("stages").EnumerateArray())
        {
            Assert.That(stage.GetProperty("rate").GetDouble(), Is.Positive);
            Assert.That(stage.GetProperty("limit").GetDouble(), Is.Positive);
            Assert.That(stage.GetProperty("percent").GetDouble(), Is.Positive);
        }

        JsonElement together = device.GetProperty("run");
        Assert.That(together.GetProperty("measured").GetProperty("updates_per_second").GetDouble(), Is.Positive);
        Assert.That(together.GetProperty("bound").GetString(), Does.StartWith("The run is bound by"));
        Assert.That(device.GetProperty("largest_gap").GetString(), Does.StartWith("The largest gap"));
        Assert.That(Directory.GetDirectories(temporary.Path, "reacher-fast-*"), Is.Empty);
    }

    [Test]
    public void On_an_emulated_gpu_updates_are_launches_that_draw_their_batches_themselves()
    {
        string? driver = EmulatedGpu.Build(out string reason);
        if (driver is null)
        {
            Assert.Ignore(reason);
        }

        using var temporary = new TemporaryFolder();
        using RunnerProcess run = Profile(
            new Dictionary<string, string> { ["TMPDIR"] = temporary.Path, ["REACHER_FAST_CUDA_DRIVER"] = driver! }, "--seconds", "2", "--device",
            "cuda", "--hidden-units", "8", "--batch-size", "8");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        using JsonDocument document = JsonDocument.Parse(run.RemainingOutput());
        JsonElement device = document.RootElement.GetProperty("devices")[0];
        JsonElement[] stages = [.. device.GetProperty("stages").EnumerateArray()];
        Assert.That(device.GetProperty("device").GetString(), Does.StartWith("cuda"));
        Assert.That(stages[4].GetProperty("share").GetDouble(), Is.Zero, "sampling is part of the update");
        Assert.That(stages[5].GetProperty("limit_name").GetString(), Is.EqualTo("its own large product"));
    }

    [TestCase("each stage alone")]
    [TestCase("a real run")]
    public void Interrupted_it_prints_what_it_has_and_ends_with_130(string during)
    {
        using var temporary = new TemporaryFolder();
        string seconds = during == "a real run" ? "4" : "600";
        using RunnerProcess run = Profile(temporary, "--seconds", seconds, "--device", "cpu");
        RunnerProcess.WaitUntil(() => run.Errors.Contains(during, StringComparison.Ordinal), $"it says '{during}'");
        run.Signal("INT");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
        using JsonDocument document = JsonDocument.Parse(run.RemainingOutput());
        Assert.That(document.RootElement.GetProperty("complete").GetBoolean(), Is.False);
        Assert.That(document.RootElement.GetProperty("devices")[0].GetProperty("stages").GetArrayLength(), Is.EqualTo(Stages.Length));
        Assert.That(Directory.GetDirectories(temporary.Path, "reacher-fast-*"), Is.Empty);
    }

    [TestCase("--seconds 0", "--seconds")]
    [TestCase("--device nonsense", "--device")]
    [TestCase("--gamma 2", "gamma")]
    public void Wrong_usage_is_one_sentence_and_exit_code_2(string flags, string named)
    {
        using RunnerProcess run = RunnerProcess.Start(["profile", .. flags.Split(' ')]);
        Assert.That(run.WaitForExit(), Is.EqualTo(2));
        Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Errors, Does.Contain(named));
    }

    private static RunnerProcess Profile(TemporaryFolder temporary, params IEnumerable<string> flags) =>
        Profile(new Dictionary<string, string> { ["TMPDIR"] = temporary.Path }, flags);

    private static RunnerProcess Profile(Dictionary<string, string> environment, params IEnumerable<string> flags) => RunnerProcess.StartWith(
        environment,
        [
            "profile", "--json", "--hidden-units", "16", "--batch-size", "16", "--buffer-size", "20000", "--buffer-init-steps", "200", "--threads",
            "1", "--seed", "7", .. flags,
        ]);
}
