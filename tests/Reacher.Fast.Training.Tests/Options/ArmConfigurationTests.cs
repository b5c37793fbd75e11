using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Options;

/// <summary>The configuration files for the shortest time on the clock: what docs/experiments.md says of them, and evaluation as with the defaults.</summary>
public sealed class ArmConfigurationTests
{
    [TestCase("sac")]
    [TestCase("td3")]
    public void A_file_trains_many_arms_and_evaluates_as_the_defaults_do(string algorithm)
    {
        LoadedConfiguration loaded = ConfigurationLoader.Load(Path.Combine(Repository.Root, $"configs/arm-{algorithm}.yaml"), []);
        RunOptions options = loaded.Options, defaults = BuiltInTask.Arm.Begin(options.Trainer);
        Assert.That(loaded.Warnings, Is.Empty);
        Assert.That((options.Algorithm, options.Environment.Agents, options.TransitionsPerUpdate), Is.EqualTo((algorithm, 400, 60.0)));
        Assert.That(
            (options.Threshold, options.EvaluationWindow, options.EvaluationEpisodes, options.EvaluationAgents),
            Is.EqualTo((defaults.Threshold, defaults.EvaluationWindow, defaults.EvaluationEpisodes, defaults.EvaluationAgents)));
        if (options.Learner is SacOptions sac)
        {
            Assert.That(sac.AlphaLearningRate, Is.GreaterThan(0), "the entropy coefficient is tuned");
        }
    }
}
