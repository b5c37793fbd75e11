using Reacher.Fast.Commands;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Runner.Tests.Commands;

public sealed class PolicyVerbsTests
{
    private static readonly PolicySpec Spec = new(PolicyKind.SquashedGaussian, 33, 4, [16], true);

    [Test]
    public void Export_takes_the_newest_readable_checkpoint_of_a_run()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder);
        Assert.That(Run("export", "first", "--results-dir", folder.Path), Is.EqualTo(ExitCodes.Done));
        Assert.That(File.Exists(folder["first/Reacher.onnx"]), Is.True);

        File.WriteAllText(folder["first/Reacher/Reacher-2.safetensors"], "damaged");
        Assert.That(Run("export", "first", "--results-dir", folder.Path, "-o", folder["a.safetensors"]), Is.EqualTo(ExitCodes.Done));
        Assert.That(PolicyFile.Read(folder["a.safetensors"], out float[] block), Is.EqualTo(Spec));
        Assert.That(block, Is.EqualTo(Policies.RandomBlock(Spec, 1)), "that of step 1");
    }

    [Test]
    public void Export_takes_the_best_policy_and_the_newest_where_that_is_damaged()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder);
        string best = folder["first/Reacher/best.safetensors"];
        PolicyFile.Write(Spec, Policies.RandomBlock(Spec, 9), best);
        Assert.That(Exported(), Is.EqualTo(Policies.RandomBlock(Spec, 9)));
        byte[] bytes = File.ReadAllBytes(best);
        bytes[^1] ^= 1;
        File.WriteAllBytes(best, bytes);
        Assert.That(Exported(), Is.EqualTo(Policies.RandomBlock(Spec, 2)), "that of the newest checkpoint");

        float[] Exported()
        {
            Assert.That(Run("export", "first", "--results-dir", folder.Path, "-o", folder["a.safetensors"]), Is.EqualTo(ExitCodes.Done));
            PolicyFile.Read(folder["a.safetensors"], out float[] block);
            return block;
        }
    }

    [Test]
    public void Eval_plays_a_run_and_a_file()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder);
        PolicyFile.Write(Spec, Policies.RandomBlock(Spec, 1), folder["actor.safetensors"]);
        Assert.That(Run("eval", "first", "--results-dir", folder.Path, "--episodes", "1", "--json"), Is.EqualTo(ExitCodes.Done));
        Assert.That(Run("eval", folder["actor.safetensors"], "--episodes", "1", "--seed", "3"), Is.EqualTo(ExitCodes.Done));
    }

    [Test]
    public void An_ONNX_policy_needs_an_assembly_that_is_no_part_of_this_program()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["policy.onnx"], "not looked at");
        using RunnerProcess eval = RunnerProcess.Start("eval", folder["policy.onnx"]);
        Assert.That(eval.WaitForExit(), Is.EqualTo(ExitCodes.Usage));
        Assert.That(eval.Errors.Trim(), Does.StartWith("reacher-fast: To play '").And.Contain("Reacher.Fast.Onnx is needed").And.Not.Contain("\n"));
    }

    [Test]
    public void Report_writes_the_page()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder);
        Assert.That(Run("report", "first", "--results-dir", folder.Path), Is.EqualTo(ExitCodes.Done));
        Assert.That(File.Exists(folder["first/report.html"]), Is.True);
    }

    [Test]
    public void Wrong_input_exits_with_2_and_leaves_what_is_there()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder);
        File.WriteAllText(folder["text"], "not safetensors");
        PolicyFile.Write(new PolicySpec(PolicyKind.Deterministic, 3, 1, [4], false), new float[21], folder["other.safetensors"]);
        Assert.Multiple(() =>
        {
            Assert.That(Run("export", "none", "--results-dir", folder.Path), Is.EqualTo(ExitCodes.Usage));
            Assert.That(Run("export", "first", "--results-dir", folder.Path, "-o", folder["missing/a.onnx"]), Is.EqualTo(ExitCodes.Usage));
            Assert.That(Run("export", "first", "--results-dir", folder.Path, "--format", "pickle"), Is.EqualTo(ExitCodes.Usage));
            Assert.That(Run("export", folder["text"]), Is.EqualTo(ExitCodes.Usage));
            Assert.That(Run("eval", folder["text"]), Is.EqualTo(ExitCodes.Usage));
            Assert.That(Run("eval", folder["other.safetensors"]), Is.EqualTo(ExitCodes.Usage), "another environment's policy");
            Assert.That(Run("eval", "first", "--results-dir", folder.Path, "--episodes", "0"), Is.EqualTo(ExitCodes.Usage));
            Assert.That(Run("report", "none", "--results-dir", folder.Path), Is.EqualTo(ExitCodes.Usage));
        });
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "first", "other.safetensors", "text" }));
    }

    private static int Run(params string[] arguments) => CommandLine.Run(arguments);

    private static void MakeRun(TemporaryFolder folder)
    {
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "first", Seed = 1 };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        ConfigurationWriter.Save(options, run.Configuration);
        for (int step = 1; step <= 2; step++)
        {
            run.Checkpoints(keep: 5).Save(PolicyFile.ToState(Spec, Policies.RandomBlock(Spec, step)), step);
        }

        using var recorder = new MetricsRecorder(run, options);
        recorder.Record(SyntheticRun.Lines(trainingEpisodes: 1)[0]);
    }
}
