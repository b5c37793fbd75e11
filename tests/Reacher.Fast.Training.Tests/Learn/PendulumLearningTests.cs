using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.Pendulum;

namespace Reacher.Fast.Training.Tests.Learn;

/// <summary>Both learners swing a pendulum up and hold it: learning itself, from an environment to a policy.</summary>
public sealed class PendulumLearningTests
{
    /// <summary>A random policy returns about -1200, holding it still about -150; -200 is what counts as solved.</summary>
    private const double Solved = -200;

    private static readonly SacOptions Sac = new()
    {
        BatchSize = 128, HiddenSizes = [64, 64], ActorLearningRate = 1e-3, CriticLearningRate = 1e-3, AlphaLearningRate = 1e-3, InitialAlpha = 0.2,
        Tau = 0.01f,
    };

    private static readonly Td3Options Td3 = new()
    {
        BatchSize = 128, HiddenSizes = [64, 64], ActorLearningRate = 1e-3, CriticLearningRate = 1e-3, Tau = 0.01f,
    };

    private static IEnumerable<TestCaseData> Learners =>
        from options in new LearnerOptions[] { Sac, Td3 }
        from seed in new ulong[] { 1, 2, 3 }
        select new TestCaseData(options with { Seed = seed }) { TestName = $"{{m}}({options.GetType().Name[..3]}, seed {seed})" };

    [TestCaseSource(nameof(Learners))]
    [Category("Stress")]
    [Explicit("Half a minute each: dotnet test --filter TestCategory=Stress")]
    public void The_pendulum_is_solved_over_100_evaluation_episodes(LearnerOptions options) =>
        Assert.That(Train(options, vectorSteps: 5000), Is.GreaterThanOrEqualTo(Solved));

    [Test]
    public void SAC_gets_better_at_the_pendulum_in_seconds() => Assert.That(Train(Sac, vectorSteps: 800), Is.GreaterThan(-700));

    private static double Train(LearnerOptions options, int vectorSteps)
    {
        using var loop = new LockstepLoop(options, new PendulumEnvironment(4));
        loop.Train(vectorSteps, warmup: 400, discount: 0.98f, explorationSigma: 0.1f);
        using var evaluation = new PendulumEnvironment(100);
        double score = loop.Evaluate(evaluation, PendulumEnvironment.DecisionsPerEpisode);
        TestContext.Out.WriteLine($"mean return {score:F1}");
        return score;
    }
}
