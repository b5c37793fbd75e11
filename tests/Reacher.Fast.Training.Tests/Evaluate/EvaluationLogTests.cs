using Reacher.Fast.Training.Evaluate;

namespace Reacher.Fast.Training.Tests.Evaluate;

public sealed class EvaluationLogTests
{
    [Test]
    public void What_was_appended_is_there_again_and_a_torn_line_is_not([Values("", "{\"episode\":2,\"sco", "torn")] string torn)
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path, recent: 100))
        {
            Assert.That(log.Append(Record(0)), Is.Null);
            Assert.That(log.Append(Record(1)), Is.Null);
        }

        File.AppendAllText(path, torn);
        using (var log = new EvaluationLog(path, recent: 100))
        {
            Assert.That((log.Count, log.Last), Is.EqualTo((2L, Record(1))));
            Assert.That(EvaluationLog.Read(path), Is.EqualTo(new[] { Record(0), Record(1) }));
            log.Append(Record(2));
        }

        Assert.That(EvaluationLog.Read(path), Is.EqualTo(new[] { Record(0), Record(1), Record(2) }));
    }

    [TestCase(0)]
    [TestCase(3)]
    public void A_line_with_a_bad_byte_costs_its_own_episode_and_is_said(int bad)
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path, recent: 100))
        {
            for (int episode = 0; episode < 5; episode++)
            {
                log.Append(Record(episode));
            }
        }

        byte[] bytes = File.ReadAllBytes(path);
        int lineStart = Enumerable.Range(0, bytes.Length).Where(i => i == 0 || bytes[i - 1] == '\n').ElementAt(bad);
        bytes[lineStart + 4] = 0;
        File.WriteAllBytes(path, bytes);
        using (var log = new EvaluationLog(path, recent: 100))
        {
            Assert.That((log.Count, log.Last), Is.EqualTo((4L, Record(4))));
            Assert.That(
                EvaluationLog.Read(path), Is.EqualTo(Enumerable.Range(0, 5).Where(episode => episode != bad).Select(episode => Record(episode))));
            Assert.That(log.Warning, Does.StartWith("1 of the lines of").And.Contain(path));
            log.Append(Record(5));
        }

        Assert.That(EvaluationLog.Read(path), Has.Count.EqualTo(5));
        EvaluationLog.Truncate(path, 4);
        Assert.That(EvaluationLog.Read(path), Has.Count.EqualTo(4), "episodes are counted, not lines");
    }

    [Test]
    public void A_reader_goes_on_where_the_last_whole_line_ended()
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        var reader = new EvaluationReader(path);
        Assert.That(reader.ReadNew(), Is.Empty, "there is no file yet");
        using var log = new EvaluationLog(path, recent: 100);
        log.Append(Record(0));
        Assert.That(reader.ReadNew(), Is.EqualTo(new[] { Record(0) }));
        File.AppendAllText(path, "{\"episode\":1,\"sco");
        Assert.That(reader.ReadNew(), Is.Empty, "the line has no end yet");
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(reader.Position);
        }

        log.Append(Record(1));
        log.Append(Record(2));
        Assert.That(reader.ReadNew(), Is.EqualTo(new[] { Record(1), Record(2) }));
        Assert.That(reader.ReadNew(), Is.Empty);
    }

    [Test]
    public void A_reading_that_fails_within_the_log_is_not_taken_for_its_end()
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path, recent: 100))
        {
            log.Append(Record(0));
        }

        // More than the 16 MiB that a reader takes at once.
        string line = File.ReadAllText(path);
        int lines = ((1 << 24) / line.Length) + 1000;
        File.WriteAllText(path, string.Concat(Enumerable.Repeat(line, lines)));
        int failures = 1;
        Stream Open() => new FailingStream(path, failures--);

        Assert.That(new EvaluationReader(path, Open).ReadToEnd(), Has.Count.EqualTo(lines), "one failure passes");
        failures = 2;
        Assert.That(() => new EvaluationReader(path, Open).ReadToEnd(), Throws.TypeOf<IOException>());
    }

    [Test]
    public void A_run_that_goes_back_forgets_the_episodes_it_will_play_again()
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path, recent: 100))
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
        using (var log = new EvaluationLog(path, recent: 100))
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
