using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>What the supervisor keeps of a run's course, on a disk that cannot be relied on.</summary>
public sealed class RunProgressTests
{
    private LoopFolder run = null!;
    private RunFolder files = null!;

    [SetUp]
    public void MakeFolder()
    {
        run = new LoopFolder();
        files = new RunFolder(Path.GetDirectoryName(run["x"])!, run.Plan.Behavior);
        Directory.CreateDirectory(files.Logs);
    }

    [TearDown]
    public void DeleteFolder() => run.Dispose();

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{ \"elapsed")]
    public void A_file_that_cannot_be_read_costs_the_clock_and_is_said(string content)
    {
        File.WriteAllText(files.Progress, content);
        var progress = new RunProgress(files, run.Plan, run.Control, run.Replay);
        Assert.That(progress.Warning, Does.Contain(files.Progress));
        Assert.That(progress.Elapsed, Is.GreaterThanOrEqualTo(0));
    }

    [Test]
    public void What_is_whole_is_read_without_a_word()
    {
        File.WriteAllText(files.Progress, "{ \"elapsed_seconds\": 1000 }");
        var progress = new RunProgress(files, run.Plan, run.Control, run.Replay);
        Assert.That(progress.Warning, Is.Null);
        Assert.That(progress.Elapsed, Is.GreaterThanOrEqualTo(1000));
    }

    [Test]
    public void A_file_that_cannot_be_written_costs_no_run()
    {
        // Linux lets nobody make a file there, not even root.
        const string Forbidden = "/sys/kernel";
        if (!Directory.Exists(Forbidden))
        {
            Assert.Ignore($"There is no {Forbidden} here.");
        }

        Directory.Delete(files.Logs);
        Directory.CreateSymbolicLink(files.Logs, Forbidden);
        var progress = new RunProgress(files, run.Plan, run.Control, run.Replay);
        Assert.That(progress.Save(progress.Summarize(StopReason.Interrupted)), Is.Null, "the summary lies elsewhere");
        progress = new RunProgress(files with { Folder = Forbidden }, run.Plan, run.Control, run.Replay);
        Assert.That(progress.Save(progress.Summarize(StopReason.Interrupted)), Does.Contain("was not saved"));
    }
}
