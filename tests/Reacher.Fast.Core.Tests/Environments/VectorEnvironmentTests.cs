using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Core.Tests.Environments;

/// <summary>Agents side by side: each has episodes of its own, seeds of its own, and a true last observation.</summary>
public sealed class VectorEnvironmentTests
{
    [Test]
    public void An_agent_whose_episode_ends_begins_anew_and_leaves_its_last_observation()
    {
        using IVectorEnvironment environment = Counters(lengths: [2, 3]);
        VectorStep step = Begin(environment, out _);
        environment.Step([0.5f, -4], step);
        Assert.That(step.Rewards.ToArray(), Is.EqualTo([0.5f, -1f]), "an action beyond 1 is clamped");
        Assert.That(step.Terminated.ToArray().Concat(step.Truncated.ToArray()), Has.None.True);

        environment.Step([0, 0], step);
        Assert.That(step.Terminated.ToArray(), Is.EqualTo([true, false]));
        Assert.That(step.Truncated.ToArray(), Is.EqualTo([false, false]), "the task's own end counts where both come at once");
        Assert.That(step.FinalObservations[0], Is.EqualTo(2));
        Assert.That(step.Observations.ToArray(), Is.EqualTo([0f, 2f]));

        environment.Step([0, 0], step);
        Assert.That(step.Terminated.ToArray(), Is.EqualTo([false, true]));
        Assert.That(step.FinalObservations[1], Is.EqualTo(3));
        Assert.That(step.Observations.ToArray(), Is.EqualTo([1f, 0f]));
    }

    [Test]
    public void Every_episode_of_every_agent_has_a_seed_of_its_own_and_a_reset_repeats_them()
    {
        var made = new List<CountingEnvironment>();
        using IVectorEnvironment environment = VectorEnvironment.Of(() => Remember(new CountingEnvironment(2)), agents: 3);
        ulong[] first = Seeds(), again = Seeds();
        Assert.That(first, Has.Length.EqualTo(9).And.Unique);
        Assert.That(again, Is.EqualTo(first));

        CountingEnvironment Remember(CountingEnvironment agent)
        {
            made.Add(agent);
            return agent;
        }

        ulong[] Seeds()
        {
            made.ForEach(agent => agent.Seeds.Clear());
            VectorStep step = Begin(environment, out float[] actions);
            for (int i = 0; i < 4; i++)
            {
                environment.Step(actions, step);
            }

            return [.. made.SelectMany(agent => agent.Seeds)];
        }
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        using IVectorEnvironment environment = Counters([5, 7]);
        var buffer = new StepBuffer(environment);
        float[] actions = new float[2];
        environment.Reset(1, buffer.View.Observations);
        // The test's own agent keeps the seeds of its resets, in a list that has room.
        Allocations.AssertNone(100, () => environment.Step(actions, buffer.View));
    }

    [Test]
    public void Agents_that_differ_and_spans_of_other_lengths_are_refused()
    {
        int made = 0;
        Assert.That(
            () => VectorEnvironment.Of(() => new CountingEnvironment(2, observationSize: ++made), agents: 2),
            Throws.ArgumentException.With.Message.Contains("must be alike"));
        Assert.That(() => VectorEnvironment.Of(() => new CountingEnvironment(2), agents: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        using IVectorEnvironment environment = Counters([2, 2]);
        Assert.That(() => environment.Reset(0, new float[3]), Throws.ArgumentException.With.Message.Contains("need 2 in all, not 3"));
    }

    [Test]
    public void A_catalog_keeps_its_order_ignores_case_and_refuses_bad_names()
    {
        Func<int, IVectorEnvironment> create = agents => VectorEnvironment.Of(() => new CountingEnvironment(2), agents);
        var catalog = new EnvironmentCatalog { ["swing-up"] = create, ["balance"] = create };
        Assert.That(catalog.Names, Is.EqualTo(["swing-up", "balance"]));
        Assert.That(catalog.Find("Swing-Up"), Is.SameAs(create));
        Assert.That(catalog.Find("other"), Is.Null);
        Assert.That(() => catalog["other"], Throws.InstanceOf<KeyNotFoundException>().With.Message.Contains("swing-up, balance"));
        Assert.That(() => catalog["BALANCE"] = create, Throws.ArgumentException.With.Message.Contains("already"));
        foreach (string name in new[] { "", "a/b", "a.dll", "two words", new string('x', 65) })
        {
            Assert.That(() => catalog[name] = create, Throws.ArgumentException, name);
        }
    }

    private static IVectorEnvironment Counters(int[] lengths)
    {
        int made = 0;
        return VectorEnvironment.Of(() => new CountingEnvironment(lengths[made++]), lengths.Length);
    }

    private static VectorStep Begin(IVectorEnvironment environment, out float[] actions)
    {
        VectorStep step = new StepBuffer(environment).View;
        actions = new float[environment.AgentCount * environment.ActionSize];
        environment.Reset(1, step.Observations);
        return step;
    }

    /// <summary>Observes how many decisions its episode has had, and is rewarded by its action; it ends by itself after so many.</summary>
    private sealed class CountingEnvironment(int length, int observationSize = 1) : IEnvironment
    {
        private int decision;

        public List<ulong> Seeds { get; } = new(capacity: 1024);

        public int ObservationSize => observationSize;

        public int ActionSize => 1;

        public void Reset(ulong seed, Span<float> observation)
        {
            Seeds.Add(seed);
            decision = 0;
            observation.Clear();
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation)
        {
            observation[0] = ++decision;
            return new StepResult(action[0], Terminated: decision == length, Truncated: decision == length);
        }
    }
}
