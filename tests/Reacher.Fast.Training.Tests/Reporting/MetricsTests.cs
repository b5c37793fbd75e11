using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class MetricsTests
{
    private static readonly MetricsLine Line = new()
    {
        Kind = MetricsKind.Evaluation, Seconds = 12.5, Transitions = 20_020, Episode = 1, Score = 3.25, WindowMean = double.NaN,
    };

    [Test]
    public void A_line_is_one_JSON_object_without_what_was_not_measured()
    {
        using var folder = new TemporaryFolder();
        using (var file = new MetricsFile(folder["metrics.jsonl"]))
        {
            file.Append(Line);
        }

        string text = File.ReadAllText(folder["metrics.jsonl"]);
        Assert.That(text, Is.EqualTo("{\"kind\":\"evaluation\",\"seconds\":12.5,\"transitions\":20020,\"episode\":1,\"score\":3.25}\n"));
        Assert.That(() => JsonDocument.Parse(text).Dispose(), Throws.Nothing);
        MetricsLine read = MetricsFile.Read(folder["metrics.jsonl"]).Single();
        Assert.That(
            (read.Kind, read.Seconds, read.Transitions, read.Episode, read.Score),
            Is.EqualTo((Line.Kind, Line.Seconds, Line.Transitions, Line.Episode, Line.Score)));
        Assert.That((read.WindowMean, read.Figures.Count), Is.EqualTo(((double?)null, 0)));
    }

    [Test]
    public void Half_a_line_is_cut_off_and_the_rest_stays([Values(0, 1, 5000)] int whole, [Values(0, 3, 10_000)] int half)
    {
        using var folder = new TemporaryFolder();
        string path = folder["metrics.jsonl"];
        using (var file = new MetricsFile(path))
        {
            for (int i = 0; i < whole; i++)
            {
                file.Append(Line);
            }
        }

        File.AppendAllText(path, new string('{', half));
        Assert.That(MetricsFile.Read(path), Has.Count.EqualTo(whole));
        using (var file = new MetricsFile(path))
        {
            file.Append(Line);
        }

        Assert.That(MetricsFile.Read(path), Has.Count.EqualTo(whole + 1));
    }

    [Test]
    public void A_file_that_is_no_metrics_is_one_sentence_with_its_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "{\"kind\":\"progress\",\"seconds\":1,\"transitions\":2}\nnot metrics\n");
        Assert.That(() => MetricsFile.Read(folder["a"]), Throws.TypeOf<InputException>().With.Message.Contains("a:2:"));
        Assert.That(() => MetricsFile.Read(folder["none"]), Throws.TypeOf<InputException>().With.Message.Contains("cannot be read"));
    }

    [Test]
    public void A_run_records_lines_and_events()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = "a" };
        RunFolder run = RunFolder.Of(options);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        using (var recorder = new MetricsRecorder(run, options))
        {
            recorder.Record(Line);
            recorder.Record(Line with { Kind = MetricsKind.Progress, Figures = new() { ["mean_q"] = 1, ["policy_loss"] = 2 } });
            recorder.Record(Line with { Kind = MetricsKind.Training, EpisodeLength = 1001 });
            Assert.That(recorder.Warning, Is.Null);
        }

        Assert.That(MetricsFile.Read(run.Metrics), Has.Count.EqualTo(3));
        Assert.That(Directory.GetFiles(run.BehaviorFolder, "events.out.tfevents.*"), Has.Length.EqualTo(1));
    }
}
