using Reacher.Fast.Training.Evaluate;

namespace Reacher.Fast.Training.Tests.Evaluate;

public sealed class EvaluationLogTests
{
    [Test]
    public void What_was_appended_is_there_again_and_a_torn_line_is_not([Values("", "{\"episode\":2,\"sco", "torn")] string torn)
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path))
        {
            Assert.That(log.Append(Record(0)), Is.Null);
            Assert.That(log.Append(Record(1)), Is.Null);
        }

        File.AppendAllText(path, torn);
        using (var log = new EvaluationLog(path))
        {
            Assert.That(log.Records, Is.EqualTo(new[] { Record(0), Record(1) }));
            log.Append(Record(2));
        }

        Assert.That(EvaluationLog.Read(path), Is.EqualTo(new[] { Record(0), Record(1), Record(2) }));
    }

    [Test]
    public void A_run_that_goes_back_forgets_the_episodes_it_will_play_again()
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path))
        {
            for (int episode = 0; episode < 5; episode++)
            {
                log.Append(Record(episode));
            }
        }

        EvaluationLog.Truncate(path, 3);
        Assert.That(EvaluationLog.Read(path), Is.EqualTo(new[] { Record(0), Record(1), Record(2) }));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "evaluations.jsonl" }));
    }

    [Test]
    public void On_a_full_disk_episodes_wait_until_there_is_room()
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk(folder.Path, "32k");
        string path = folder["evaluations.jsonl"];
        int appended = 0;
        using (var log = new EvaluationLog(path))
        {
            disk.Fill();
            string? warning = null;
            while (warning is null && appended < 200)
            {
                warning = log.Append(Record(appended++));
            }

            Assert.That(warning, Does.Contain("the disk is full"));
            Assert.That(EvaluationLog.Read(path), Has.Count.EqualTo(appended - 1), "whole lines only");
            Assert.That(log.Append(Record(appended++)), Is.Not.Null);
            disk.Empty();
            Assert.That(log.Append(Record(appended++)), Is.Null);
        }

        Assert.That(EvaluationLog.Read(path), Is.EqualTo(Enumerable.Range(0, appended).Select(episode => Record(episode))));
    }

    private static EvaluationRecord Record(long episode) =>
        new(episode, episode / 3.0, 0.5, 20 * episode, 1000 * episode, episode, DateTimeOffset.UnixEpoch.AddSeconds(episode));
}
