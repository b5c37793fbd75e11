using Reacher.Fast.Core;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

public sealed class ArmEnvironmentTests
{
    [Test]
    public void The_first_observation_hangs_straight_down_at_rest()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 3 });
        float[] o = new float[3 * 33];
        arm.Reset(7, o);
        float[] expected = [0, -4, 0, 1, 0, 0, -4.371139e-08f, 0, 0, 0, 0, 0, 0, 0, -10, 0, 1, 0, 0, -4.371139e-08f, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < 3; i++)
        {
            Assert.That(o.AsSpan(i * 33, 26).ToArray(), Is.EqualTo(expected));
            Assert.That(Math.Sqrt((o[(i * 33) + 26] * o[(i * 33) + 26]) + (o[(i * 33) + 28] * o[(i * 33) + 28])), Is.EqualTo(8).Within(1e-6));
            Assert.That(o[(i * 33) + 27], Is.EqualTo(-1));
            Assert.That(o.AsSpan((i * 33) + 29, 3).ToArray(), Is.EqualTo(new float[] { 0, 1, 0 }));
            Assert.That(o[(i * 33) + 32], Is.InRange(-1f, 1f));
        }
    }

    [Test]
    public void An_episode_has_1001_decisions_is_truncated_and_gives_its_own_last_observation()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 2 });
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(1, step.Observations);
        float[] actions = [1, -0.5f, 0.25f, 1, -1, 1, -1, 0];
        float[] previousSpeed = [step.Observations[32], step.Observations[33 + 32]];
        for (int i = 1; i <= 1001; i++)
        {
            arm.Step(actions, step);
            Assert.That(step.Truncated.ToArray(), Is.All.EqualTo(i == 1001));
            Assert.That(step.Terminated.ToArray(), Is.All.False);
            Assert.That(step.Lost.ToArray(), Is.All.False);
        }

        Assert.That(step.FinalObservations[32], Is.EqualTo(previousSpeed[0]));
        Assert.That(step.FinalObservations[33 + 32], Is.EqualTo(previousSpeed[1]));
        Assert.That(step.FinalObservations[1], Is.Not.EqualTo(-4f));
        Assert.That(step.Observations[1], Is.EqualTo(-4f));
        Assert.That(step.Observations[32], Is.Not.EqualTo(previousSpeed[0]));
    }

    [Test]
    public void A_value_out_of_range_is_named()
    {
        Assert.That(() => new ArmEnvironment(new ArmOptions { ArmCount = 0 }), Throws.TypeOf<InputException>().With.Message.Contains("arms"));
        Assert.That(() => new ArmEnvironment(new ArmOptions { ArmCount = 4097 }), Throws.TypeOf<InputException>().With.Message.Contains("4097"));
        Assert.That(() => new ArmEnvironment(new ArmOptions { GoalSize = float.NaN }), Throws.TypeOf<InputException>().With.Message.Contains("goal_size"));
        Assert.That(() => new ArmEnvironment(new ArmOptions { MaxSteps = -1 }), Throws.TypeOf<InputException>().With.Message.Contains("max_step"));
    }
}
