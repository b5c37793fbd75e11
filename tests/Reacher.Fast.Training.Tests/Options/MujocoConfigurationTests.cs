using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Options;

public sealed class MujocoConfigurationTests
{
    private static IEnumerable<string> Files => Repository.Files("configs/mujoco", "*.yaml");

    [TestCaseSource(nameof(Files))]
    public void AFileHasThePublishedSettings(string file)
    {
        RunOptions options = ConfigurationLoader.Load(Path.Combine(Repository.Root, file), []).Options;
        LearnerOptions learner = options.Learner;
        Assert.Multiple(() =>
        {
            Assert.That(MujocoEnvironment.Names, Does.Contain(options.Environment.Name));
            Assert.That(options.Behavior, Is.EqualTo(EnvironmentOptions.BehaviorOf(options.Environment.Name)));
            Assert.That((options.Environment.Agents, options.NStep, options.TransitionsPerUpdate), Is.EqualTo((1, 1, 1.0)));
            Assert.That((learner.BatchSize, learner.HiddenUnits, learner.NumLayers), Is.EqualTo((256, 256, 2)));
            Assert.That((learner.PolicyAveraging, learner.LayerNormCritics, options.WarmupHold), Is.EqualTo((0f, false, 1)));
            Assert.That((options.EvaluationInterval, options.EvaluationEpisodes, options.Threshold), Is.EqualTo((20_000L, 10, (double?)null)));
            if (learner is SacOptions sac)
            {
                Assert.That((sac.LearningRate, sac.InitialAlpha, sac.AlphaLearningRate), Is.EqualTo((1e-3, 0.2, (double?)0)));
                Assert.That(options.WarmupTransitions, Is.EqualTo(10_000));
            }
            else if (learner is Td3Options td3)
            {
                Assert.That((td3.LearningRate, td3.ExplorationNoise, td3.SmoothingSigma, td3.SmoothingClip), Is.EqualTo((3e-4, 0.1f, 0.2f, 0.5f)));
                Assert.That((options.WarmupTransitions, td3.PolicyDelay, td3.ActorLearningRate), Is.EqualTo((25_000, 2, (double?)3e-4)));
            }
        });
    }

    [Test]
    public void EachTaskHasAFileForEachAlgorithm() => Assert.That(Files.Count(), Is.EqualTo(2 * MujocoEnvironment.Names.Count));
}
