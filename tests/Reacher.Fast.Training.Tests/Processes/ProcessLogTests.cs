using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>The log of a run's process, on a disk that cannot be relied on.</summary>
public sealed class ProcessLogTests
{
    [Test]
    public void A_folder_that_is_gone_costs_lines_and_the_log_says_how_many()
    {
        using var folder = new TemporaryFolder();
        string logs = Path.Combine(folder.Path, "logs"), path = Path.Combine(logs, "env-0.log");
        using (var log = new ProcessLog(path))
        {
            log.Write("nowhere to go");
            log.Write("warning: nor this");
            Assert.That(() => log.Dropped, Is.EqualTo(2).After(60_000, 1));
            Directory.CreateDirectory(logs);
            log.Write("warning: found");
            Assert.That(() => new FileInfo(path) is { Exists: true, Length: > 20 }, Is.True.After(60_000, 1));
            log.Write("back");
        }

        string[] lines = File.ReadAllLines(path);
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[0], Is.Empty);
        Assert.That(lines[1], Does.EndWith("Z [WARNING] warning: found"));
        Assert.That(lines[2], Does.Contain("[WARNING] 2 lines before this one are missing"));
        Assert.That(lines[3], Does.EndWith("Z [INFO] back"));
    }
}
