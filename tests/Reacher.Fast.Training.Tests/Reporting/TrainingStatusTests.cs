using System.Text.Json;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class TrainingStatusTests
{
    [Test]
    public void It_lists_the_checkpoints_that_are_there()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path, "Reacher");
        Directory.CreateDirectory(run.Logs);
        Directory.CreateDirectory(run.BehaviorFolder);
        string kept = Path.Combine(run.BehaviorFolder, "Reacher-2.safetensors");
        File.WriteAllText(kept, "x");

        TrainingStatus.Save(run, [new(1, kept + ".gone", 1, 100), new(2, kept, double.NaN, 200)], new(2, kept, 31.5, 200));

        using JsonDocument status = JsonDocument.Parse(File.ReadAllText(run.TrainingStatus));
        JsonElement behavior = status.RootElement.GetProperty("Reacher");
        Assert.That(behavior.GetProperty("checkpoints").GetArrayLength(), Is.EqualTo(1));
        Assert.That(behavior.GetProperty("checkpoints")[0].GetProperty("steps").GetInt64(), Is.EqualTo(2));
        Assert.That(behavior.GetProperty("checkpoints")[0].GetProperty("reward").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(behavior.GetProperty("final_checkpoint").GetProperty("reward").GetDouble(), Is.EqualTo(31.5));
        Assert.That(status.RootElement.GetProperty("metadata").GetProperty("stats_format_version").GetString(), Is.EqualTo("0.3.0"));
    }
}
