using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Tests.Mujoco;

/// <summary>What the tasks pay, show and end with, against Gymnasium's v4.</summary>
public sealed class MujocoTaskTests
{
    private const int Decisions = 2000;

    private static IEnumerable<string> Tasks => MujocoTasks.All.Select(task => task.Name);

    [TestCaseSource(nameof(Tasks))]
    public void EveryDecisionIsPaidAndEndsAsInGymnasium(string name)
    {
        using MujocoModel model = Load(name, out MujocoTask task);
        using var agent = new MujocoAgent(task, model);
        float[] observation = new float[task.ObservationSizeOf(model)];
        float[] action = new float[model.ControlCount];
        int ends = 0, episode = 0;
        agent.Begin(SplitMix64.Key(1, agent: 0, episode), observation);
        for (int k = 0; k < Decisions; k++)
        {
            for (int i = 0; i < action.Length; i++)
            {
                action[i] = (float)((2 * SplitMix64.Uniform(5, (k * action.Length) + i)) - 1);
            }

            MujocoMoment before = MujocoMoment.Of(agent.Data);
            agent.Step(action, observation);
            MujocoMoment after = MujocoMoment.Of(agent.Data);
            (double reward, bool terminated) = MujocoRewards.Of(name, before, after, agent.Data);
            Assert.That(agent.Reward, Is.EqualTo(reward).Within(1e-5 * (1 + Math.Abs(reward))), $"decision {k}");
            Assert.That(agent.Terminated, Is.EqualTo(terminated), $"decision {k}");
            if (agent.Terminated || agent.Truncated)
            {
                ends += terminated ? 1 : 0;
                agent.Begin(SplitMix64.Key(1, agent: 0, ++episode), observation);
            }
        }

        bool canEnd = name is not ("HalfCheetah-v4" or "Swimmer-v4" or "Reacher-v4" or "Pusher-v4");
        Assert.That(ends, canEnd ? Is.GreaterThan(2) : Is.Zero, "episodes that the task ended, the last decision of each among those above");
    }

    [TestCase("HalfCheetah-v4", 1)]
    [TestCase("Hopper-v4", 1)]
    [TestCase("Walker2d-v4", 1)]
    [TestCase("Ant-v4", 1)]
    [TestCase("Humanoid-v4", 0.4)]
    [TestCase("Swimmer-v4", 1)]
    [TestCase("InvertedPendulum-v4", 3)]
    [TestCase("InvertedDoublePendulum-v4", 1)]
    [TestCase("Reacher-v4", 1)]
    [TestCase("Pusher-v4", 2)]
    public void AnActionIsSpreadOverTheRangeOfItsControl(string name, double reach)
    {
        using MujocoModel model = Load(name, out MujocoTask task);
        using var agent = new MujocoAgent(task, model);
        float[] observation = new float[task.ObservationSizeOf(model)];
        foreach ((float action, double control) in new[] { (0f, 0d), (0.5f, reach / 2), (1f, reach), (-1f, -reach), (3f, reach), (-3f, -reach) })
        {
            agent.Begin(1, observation);
            agent.Step([.. Enumerable.Repeat(action, model.ControlCount)], observation);
            Assert.That(agent.Data.Controls.ToArray(), Is.All.EqualTo(control).Within(1e-12), $"action {action}");
        }
    }

    // Pusher pays for where things were before the decision, so that two decisions from one state differ in the cost of their controls alone.
    [Test]
    public void TheCostOfControlIsThatOfTheScaledAction()
    {
        using MujocoModel model = Load("Pusher-v4", out MujocoTask task);
        using var agent = new MujocoAgent(task, model);
        float[] observation = new float[task.ObservationSizeOf(model)];
        agent.Begin(1, observation);
        agent.Step(new float[7], observation);
        float still = agent.Reward;
        agent.Begin(1, observation);
        agent.Step([0, 1, 0, 0, 0, 0, 0], observation);
        Assert.That(still - agent.Reward, Is.EqualTo(0.1 * 2 * 2).Within(1e-6));
    }

    [TestCase("HalfCheetah-v4", 8, 9, 100)]
    [TestCase("Hopper-v4", 5, 6, 10)]
    [TestCase("Walker2d-v4", 8, 9, 10)]
    [TestCase("Ant-v4", 13, 14, 100)]
    [TestCase("Humanoid-v4", 22, 23, 100)]
    [TestCase("Swimmer-v4", 3, 5, 100)]
    [TestCase("InvertedPendulum-v4", 2, 2, 100)]
    [TestCase("InvertedDoublePendulum-v4", 5, 3, 10)]
    public void VelocitiesAreCutWhereTheyAreSeenAndNowhereElse(string name, int first, int count, double seen)
    {
        const double Fast = 100;
        using MujocoModel model = Load(name, out MujocoTask task);
        using var data = new MujocoData(model);
        float[] observation = new float[task.ObservationSizeOf(model)];
        double[] velocities = [.. Enumerable.Range(0, model.VelocityCount).Select(i => i % 2 == 0 ? Fast : -Fast)];
        data.Reset();
        velocities.CopyTo(data.Velocities);
        data.Forward();
        task.Observe(data, observation);
        Assert.Multiple(() =>
        {
            Assert.That(velocities, Has.Length.EqualTo(count));
            Assert.That(observation[first..(first + count)], Is.EqualTo(velocities.Select(x => (float)(Math.Sign(x) * seen))));
            Assert.That(data.Velocities.ToArray(), Is.EqualTo(velocities), "the state");
        });
    }

    // A pole that is held upright ends with its time alone, and its last decision is paid like every other.
    [Test]
    public void AThousandDecisionsTruncateATaskThatCouldHaveEnded()
    {
        MujocoPeer.RequireLibrary();
        using var environment = new MujocoEnvironment("InvertedPendulum-v4");
        var buffer = new StepBuffer(environment);
        VectorStep step = buffer.View;
        environment.Reset(1, step.Observations);
        float sum = 0;
        for (int i = 1; i <= 1000; i++)
        {
            Span<float> seen = step.Observations;
            environment.Step([seen[0] + (10 * seen[1]) + seen[2] + (2 * seen[3])], step);
            sum += step.Rewards[0];
            Assert.That((step.Truncated[0], step.Terminated[0]), Is.EqualTo((i == 1000, false)), $"decision {i}");
        }

        Assert.That(sum, Is.EqualTo(1000));
    }

    private static MujocoModel Load(string name, out MujocoTask task)
    {
        MujocoPeer.RequireLibrary();
        task = MujocoTasks.Find(name)!;
        return MujocoModel.LoadEmbedded(task.ModelName);
    }
}
