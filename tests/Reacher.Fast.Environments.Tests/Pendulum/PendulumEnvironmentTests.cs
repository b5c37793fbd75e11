using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Pendulum;

namespace Reacher.Fast.Environments.Tests.Pendulum;

public sealed class PendulumEnvironmentTests
{
    // Computed by hand from pendulum.py's equations: u = 2 a; velocity' = velocity + (15 sin angle + 3 u) 0.05.
    [Test]
    public void A_step_follows_the_published_equations()
    {
        using PendulumEnvironment pendulum = new(64);
        StepBuffer buffer = new(pendulum);
        VectorStep step = buffer.View;
        pendulum.Reset(3, step.Observations);
        float[] actions = new float[64];
        for (int round = 0; round < 150; round++)
        {
            float[] before = step.Observations.ToArray();
            for (int i = 0; i < actions.Length; i++)
            {
                actions[i] = MathF.Sin((7 * i) + round) * 1.5f; // beyond 1: clamped
            }

            pendulum.Step(actions, step);
            for (int i = 0; i < actions.Length; i++)
            {
                double angle = Math.Atan2(before[(3 * i) + 1], before[3 * i]);
                double u = 2 * Math.Clamp(actions[i], -1f, 1f);
                double velocity = before[(3 * i) + 2];
                double reward = -((angle * angle) + (0.1 * velocity * velocity) + (0.001 * u * u));
                double next = Math.Clamp(velocity + (((15 * Math.Sin(angle)) + (3 * u)) * 0.05), -8, 8);
                Assert.That(step.Rewards[i], Is.EqualTo(reward).Within(1e-5));
                Assert.That(step.Observations[(3 * i) + 2], Is.EqualTo(next).Within(1e-5));
                Assert.That(step.Observations[3 * i], Is.EqualTo(Math.Cos(angle + (0.05 * next))).Within(1e-5));
                Assert.That(step.Observations[(3 * i) + 1], Is.EqualTo(Math.Sin(angle + (0.05 * next))).Within(1e-5));
            }
        }
    }

    [Test]
    public void An_episode_has_200_decisions_is_truncated_and_gives_its_own_last_observation()
    {
        using PendulumEnvironment pendulum = new(2);
        StepBuffer buffer = new(pendulum);
        VectorStep step = buffer.View;
        pendulum.Reset(1, step.Observations);
        float[] last = [];
        for (int i = 1; i <= 400; i++)
        {
            pendulum.Step([0.3f, -0.3f], step);
            Assert.That(step.Truncated.ToArray(), Is.All.EqualTo(i % 200 == 0));
            Assert.That(step.Terminated.ToArray(), Is.All.False);
            if (i == 200)
            {
                last = step.FinalObservations.ToArray();
                Assert.That(last, Is.Not.EqualTo(step.Observations.ToArray()));
                Assert.That(step.Observations[2], Is.InRange(-1f, 1f));
            }
        }

        Assert.That(step.FinalObservations.ToArray(), Is.Not.EqualTo(last));
    }

    [Test]
    public void The_same_seed_gives_the_same_starts_and_another_seed_others()
    {
        using PendulumEnvironment pendulum = new(4);
        float[] a = new float[12], b = new float[12], c = new float[12];
        pendulum.Reset(5, a);
        pendulum.Reset(6, b);
        pendulum.Reset(5, c);
        Assert.That(c, Is.EqualTo(a));
        Assert.That(b, Is.Not.EqualTo(a));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        using PendulumEnvironment pendulum = new(8);
        StepBuffer buffer = new(pendulum);
        float[] actions = new float[8];
        Allocations.AssertNone(500, () => pendulum.Step(actions, buffer.View));
    }

    [Test]
    public void A_number_of_agents_out_of_range_is_named() =>
        Assert.That(() => new PendulumEnvironment(0), Throws.TypeOf<InputException>().With.Message.Contains("agents"));
}
