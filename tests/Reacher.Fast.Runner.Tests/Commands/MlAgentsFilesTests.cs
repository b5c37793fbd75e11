using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Commands;

/// <summary>The SAC settings that ML-Agents has for its own scenes are taken as they are, and nothing is said of keys that change nothing.</summary>
public sealed class MlAgentsFilesTests
{
    [TestCase("3DBall", 64, 2, 64, 200_000, 10, 0.5, 100_000)]
    [TestCase("Walker", 512, 4, 1024, 2_000_000, 30, 1, 150_000_000)]
    [TestCase("Worm", 512, 3, 256, 500_000, 20, 1, 5_000_000)]
    [TestCase("Crawler", 512, 3, 256, 500_000, 20, 1, 5_000_000)]
    [TestCase("Reacher", 128, 2, 256, 6_000_000, 20, 1, 3_000_000)]
    public void A_file_of_its_own_scenes_loads_without_a_warning(
        string scene, int width, int layers, int batch, long buffer, double stepsPerUpdate, double alpha, long maxSteps)
    {
        string file = Path.Combine(Repository.Root, "tests/Reacher.Fast.Runner.Tests/Commands/MlAgentsFiles", scene + ".yaml");
        var editor = new FlagValue(OptionKeys.EnvironmentName, EnvironmentOptions.Editor);
        LoadedConfiguration loaded = ConfigurationLoader.Load(file, [editor]).OfScene(scene);
        RunOptions options = loaded.Options;
        Assert.That(loaded.Warnings, Is.Empty);
        Assert.That(options.Behavior, Is.EqualTo(scene));
        Assert.That(options.Learner.HiddenSizes, Is.EqualTo(Enumerable.Repeat(width, layers)));
        Assert.That(options.Learner.BatchSize, Is.EqualTo(batch));
        Assert.That(options.Learner.NormalizeObservations, Is.True);
        Assert.That(((SacOptions)options.Learner).InitialAlpha, Is.EqualTo(alpha));
        Assert.That(options.BufferSize, Is.EqualTo(buffer));
        Assert.That(options.TransitionsPerUpdate, Is.EqualTo(stepsPerUpdate));
        Assert.That(options.TransitionLimit, Is.EqualTo(maxSteps));
        Assert.That(options.LearningRateSchedule, Is.EqualTo(scene == "Reacher" ? LearningRateSchedule.Linear : LearningRateSchedule.Constant));
    }
}
