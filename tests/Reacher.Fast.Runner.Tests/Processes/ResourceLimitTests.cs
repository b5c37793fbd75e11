using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Replay.Control;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A run that the system allows less than it needs: refused with a sentence before it begins, or warned of what it costs.</summary>
[NonParallelizable]
public sealed class ResourceLimitTests
{
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    // bash(1) counts files' lengths in 1,024 bytes.
    [TestCase("ulimit -f 200000", "1000000", "ulimit -f", "--buffer-size")]
    [TestCase("ulimit -f 20000", "20000", "ulimit -f", "compiled code")]
    [TestCase("ulimit -n 50", "20000", "ulimit -n", "160 are needed")]
    [TestCase("ulimit -n 200", "20000", "ulimit -n", "268 are needed")]
    public void Too_little_is_one_sentence_and_exit_code_2_before_a_folder_is_made(string limit, string rows, params string[] said)
    {
        using RunnerProcess run = StartFromShell(limit + "; exec \"$@\"", "bash", SmallRun(results, "a", "--buffer-size", rows));
        Assert.That(run.WaitForExit(), Is.EqualTo(2), run.Errors);
        Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
        foreach (string words in said)
        {
            Assert.That(run.Errors, Does.Contain(words));
        }

        Assert.That(Directory.Exists(Path.Combine(results, "a")), Is.False);
    }

    [TestCase("ulimit -f 20000", "compiled code")]
    [TestCase("ulimit -n 200", "268 are needed")]
    public void A_run_that_goes_on_with_too_little_is_refused_before_anything_is_touched(string limit, string said)
    {
        using (RunnerProcess first = Train(results, "a", "--max-steps", "400"))
        {
            Assert.That(first.WaitForExit(), Is.Zero, first.Errors);
        }

        Dictionary<string, byte[]> before = Contents();
        using RunnerProcess run = StartFromShell(limit + "; exec \"$@\"", "bash", SmallRun(results, "a", "--resume", "--max-steps", "800"));
        Assert.That(run.WaitForExit(), Is.EqualTo(2), run.Errors);
        Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Errors, Does.Contain(said));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    [Test]
    public void A_checkpoint_longer_than_allowed_costs_the_checkpoint_and_no_process()
    {
        // The networks of this run are 50 MB with their optimisers' moments, which is all that is longer than what is then allowed.
        using RunnerProcess run = Train(results, "b", "--hidden-units", "1024", "--num-agents", "1", "--window", "1");
        using ControlBlock control = Control(results, "b");
        WaitUntil(() => control.Learner.Updates > 1, "updates are made");
        int learner = control.Learner.Pid;
        string pid = learner.ToString(CultureInfo.InvariantCulture);
        using (Process limit = Process.Start("prlimit", ["--pid", pid, "--fsize=40000000"]))
        {
            limit.WaitForExit();
            Assert.That(limit.ExitCode, Is.Zero);
        }

        run.WaitForLine("the system does not allow a file of that length");
        long updates = control.Learner.Updates;
        WaitUntil(() => control.Learner.Updates > updates + 1, "the run goes on");
        Assert.That(control.Learner.Pid, Is.EqualTo(learner));
        run.Signal("TERM");
        Assert.That(run.WaitForExit(), Is.EqualTo(130), run.Errors);
    }

    private Dictionary<string, byte[]> Contents() =>
        Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllBytes);
}
