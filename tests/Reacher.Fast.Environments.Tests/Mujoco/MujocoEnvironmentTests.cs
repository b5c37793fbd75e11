using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Mujoco;

namespace Reacher.Fast.Environments.Tests.Mujoco;

public sealed class MujocoEnvironmentTests
{
    [TestCase("HalfCheetah-v4", 17, 6)]
    [TestCase("Hopper-v4", 11, 3)]
    [TestCase("Walker2d-v4", 17, 6)]
    [TestCase("Ant-v4", 27, 8)]
    [TestCase("Humanoid-v4", 376, 17)]
    [TestCase("Swimmer-v4", 8, 2)]
    [TestCase("InvertedPendulum-v4", 4, 1)]
    [TestCase("InvertedDoublePendulum-v4", 11, 1)]
    [TestCase("Reacher-v4", 11, 2)]
    [TestCase("Pusher-v4", 23, 7)]
    public void SizesAreGymnasiums(string name, int observation, int action)
    {
        MujocoPeer.RequireLibrary();
        using var environment = new MujocoEnvironment(name);
        Assert.That((environment.ObservationSize, environment.ActionSize), Is.EqualTo((observation, action)));
    }

    // D4RL's random score of HalfCheetah is -280.18.
    [Test]
    public void ARandomPolicyScoresAsOthersFound()
    {
        MujocoPeer.RequireLibrary();
        using var environment = new MujocoEnvironment("HalfCheetah-v4", 4);
        double[] sums = Play(environment, 25_000);
        Assert.That(sums.Sum() / 100, Is.EqualTo(-280.18).Within(30));
    }

    [Test]
    public void ThreadsChangeNothing()
    {
        MujocoPeer.RequireLibrary();
        using var one = new MujocoEnvironment("Hopper-v4", 5, threadCount: 1);
        using var three = new MujocoEnvironment("Hopper-v4", 5, threadCount: 3);
        Assert.That(Play(three, 200), Is.EqualTo(Play(one, 200)));
    }

    [TestCase("HalfCheetah-v4", 1000)]
    [TestCase("Reacher-v4", 50)]
    [TestCase("Pusher-v4", 100)]
    public void AnEpisodeIsTruncatedAfterItsDecisions(string name, int decisions)
    {
        MujocoPeer.RequireLibrary();
        using var environment = new MujocoEnvironment(name);
        var buffer = new StepBuffer(environment);
        VectorStep step = buffer.View;
        environment.Reset(1, step.Observations);
        for (int i = 1; i <= decisions; i++)
        {
            environment.Step(new float[environment.ActionSize], step);
            Assert.That((step.Truncated[0], step.Terminated[0]), Is.EqualTo((i == decisions, false)), $"decision {i}");
        }
    }

    [Test]
    public void TheStepThatTerminatesIsRewarded()
    {
        MujocoPeer.RequireLibrary();
        using var environment = new MujocoEnvironment("InvertedPendulum-v4");
        var buffer = new StepBuffer(environment);
        VectorStep step = buffer.View;
        environment.Reset(1, step.Observations);
        do
        {
            environment.Step([1f], step);
            Assert.That(step.Rewards[0], Is.EqualTo(1f));
        }
        while (!step.Terminated[0]);

        Assert.That(Math.Abs(step.FinalObservations[1]), Is.GreaterThan(0.2));
    }

    private static double[] Play(MujocoEnvironment environment, int decisions)
    {
        var buffer = new StepBuffer(environment);
        VectorStep step = buffer.View;
        environment.Reset(5, step.Observations);
        float[] actions = new float[environment.AgentCount * environment.ActionSize];
        double[] sums = new double[environment.AgentCount];
        for (int k = 0; k < decisions; k++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                actions[i] = (float)((2 * SplitMix64.Uniform(11, (k * actions.Length) + i)) - 1);
            }

            environment.Step(actions, step);
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += step.Rewards[i];
            }
        }

        return sums;
    }
}
