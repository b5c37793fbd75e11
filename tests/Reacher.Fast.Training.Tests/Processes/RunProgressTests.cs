using System.Text.Json;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
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

    [TestCase(30, true)]
    [TestCase(34, true)]
    [TestCase(36, false)]
    public void A_run_was_solved_by_the_threshold_that_it_has_now_also_where_its_window_fell_since(double threshold, bool wasSolved)
    {
        using (var log = new EvaluationLog(files.Evaluations, recent: 100))
        {
            long episode = 0;
            log.Append([.. new double[] { 33, 35, 35, 10 }.Select(score =>
                new EvaluationRecord(episode++, score, 0, WeightVersion: 1, Transitions: 0, TrainingEpisodes: 1, DateTimeOffset.UnixEpoch))]);
        }

        var solved = new Milestone(1, 0, Seconds: 2, Score: 34);
        File.WriteAllText(files.Progress, $$"""{"threshold": 30, "solved": {{JsonSerializer.Serialize(solved, JsonStyle.Line)}} }""");
        // Of other thresholds than the one it had, the metrics say when they were reached.
        File.WriteAllText(files.Metrics, """{"kind":"evaluation","seconds":3,"transitions":0,"score":35,"window_mean":35,"window_count":2}""" + "\n");
        RunPlan plan = run.Plan with { Threshold = threshold };
        var progress = new RunProgress(files, plan, run.Control, run.Replay);
        Assert.That((progress.IsSolved, progress.WasSolved), Is.EqualTo((false, wasSolved)));
        Milestone? now = progress.Summarize(StopReason.Interrupted).Solved;
        Assert.That(now is not null, Is.EqualTo(wasSolved));
        Assert.That(now?.Seconds, Is.EqualTo(threshold switch { 30 => 2, 34 => 3, _ => null }));

        foreach (bool stops in new[] { true, false })
        {
            run.Control.CooldownStart = 5;
            Cooldown.Keep(plan with { StopWhenSolved = stops }, run.Control, progress.WasSolved);
            Assert.That(run.Control.CooldownStart, Is.EqualTo(stops && wasSolved ? 5 : null));
        }
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
