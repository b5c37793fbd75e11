using Reacher.Fast.Training.Env;

namespace Reacher.Fast.Training.Tests.Env;

/// <summary>What a seed decides of the actions that are made to learn from.</summary>
public sealed class ActorTests
{
    private const int Seeds = 200;

    // System.Random made with neighbouring seeds gives numbers that differ by the same amount from each seed to the next.
    [Test]
    public void Random_actions_of_neighbouring_seeds_have_nothing_in_common()
    {
        using var run = new LoopFolder();
        using var actor = new Actor(run.Plan, LoopFolder.Agents);
        float[] observations = new float[LoopFolder.Agents * run.Plan.ObservationSize];
        float[][] actions = new float[Seeds][];
        for (int i = 0; i < Seeds; i++)
        {
            actions[i] = new float[LoopFolder.Agents * run.Plan.ActionSize];
            actor.Begin(unchecked(ulong.MaxValue - 100 + (ulong)i));
            actor.Act(observations, actions[i], uniform: true);
        }

        Assert.That(actions.SelectMany(action => action), Is.All.InRange(-1f, 1f));
        for (int k = 0; k < actions[0].Length; k++)
        {
            int upperHalf = actions.Zip(actions.Skip(1), (one, next) => Circular(next[k] - one[k])).Count(difference => difference > 1);
            Assert.That(upperHalf, Is.InRange(Seeds / 3, 2 * Seeds / 3), $"number {k}");
        }
    }

    [Test]
    public void A_seed_gives_the_same_actions_again()
    {
        using var run = new LoopFolder();
        using var actor = new Actor(run.Plan, LoopFolder.Agents);
        float[][] first = Decisions(actor, run, seed: 8);
        Assert.That(Decisions(actor, run, seed: 9), Is.Not.EqualTo(first));
        Assert.That(Decisions(actor, run, seed: 8), Is.EqualTo(first));
    }

    private static float[][] Decisions(Actor actor, LoopFolder run, ulong seed)
    {
        float[] observations = new float[LoopFolder.Agents * run.Plan.ObservationSize];
        actor.Begin(seed);
        return [.. Enumerable.Range(0, 3).Select(_ =>
        {
            float[] actions = new float[LoopFolder.Agents * run.Plan.ActionSize];
            actor.Act(observations, actions, uniform: true);
            return actions;
        })];
    }

    private static float Circular(float difference) => difference < 0 ? difference + 2 : difference;
}
