using Reacher.Fast.Core;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Tests.Env;

/// <summary>What a turn of an environment's loop does, counts and writes, and what one that fails leaves behind.</summary>
public sealed class EnvironmentLoopTests
{
    private LoopFolder run = null!;

    [SetUp]
    public void MakeFolder() => run = new LoopFolder();

    [TearDown]
    public void DeleteFolder() => run.Dispose();

    [Test]
    public void Every_turn_is_one_decision_of_every_agent_counted_and_written()
    {
        var environment = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 3);
        Drive(run.Plan, environment, turns: 7);

        Assert.That(run.EnvironmentSlot.VectorSteps, Is.EqualTo(7));
        Assert.That(run.Control.TotalTransitions, Is.EqualTo(7 * LoopFolder.Agents));
        Assert.That(run.Replay.WrittenRows, Is.EqualTo(7 * LoopFolder.Agents));
        Assert.That(run.EnvironmentSlot.Episodes, Is.EqualTo(2));
        Assert.That(EnvironmentGauge.Read(run.Control, 1), Is.EqualTo((3.0, 0.0, 3.0)), "score, deviation and length");
        Assert.That(environment.Seeds, Is.EqualTo(new[] { 5UL }));
    }

    [Test]
    public void Only_rows_in_which_an_agent_acted_are_transitions()
    {
        Drive(run.Plan, new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 3) { StepsOfLastAgent = 4 }, turns: 7);
        Assert.That(run.Replay.WrittenRows, Is.EqualTo(7 + 4));
        Assert.That(run.Control.TotalTransitions, Is.EqualTo(7 + 4));
        Assert.That(run.EnvironmentSlot.VectorSteps, Is.EqualTo(7));
        Assert.That((run.EnvironmentSlot.Episodes, run.EnvironmentSlot.LastScore), Is.EqualTo((2L, 3.0)));
    }

    [Test]
    public void It_acts_at_random_until_weights_have_come_and_then_by_the_newest()
    {
        var environment = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 100);
        using EnvironmentLoop loop = Create(run.Plan with { WarmupHold = 2 }, environment);
        loop.Begin(5);
        for (int i = 0; i < 4; i++)
        {
            loop.Turn();
        }

        run.PublishZeros(version: 40);
        loop.Turn();

        float[][] actions = [.. environment.Actions];
        Assert.That(actions[0], Has.None.EqualTo(0f));
        Assert.That(actions[1], Is.EqualTo(actions[0]), "a warm-up action is held for two decisions");
        Assert.That(actions[2], Is.Not.EqualTo(actions[0]));
        Assert.That(actions[4], Has.All.EqualTo(0f), "the policy of zeros, without noise");
        Assert.That(run.EnvironmentSlot.WeightVersion, Is.EqualTo(40));
    }

    [Test]
    public void It_acts_at_random_until_the_warm_up_is_over_although_there_are_weights()
    {
        var environment = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 100);
        run.PublishZeros(version: 0);
        Drive(run.Plan with { WarmupTransitions = 3 * LoopFolder.Agents }, environment, turns: 4);
        IEnumerable<bool> byPolicy = environment.Actions.Select(actions => actions.All(action => action == 0));
        Assert.That(byPolicy, Is.EqualTo(new[] { false, false, false, true }));
    }

    [Test]
    public void A_turn_that_fails_counts_and_writes_nothing_and_the_loop_can_begin_anew()
    {
        var environment = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 3) { Failures = { 2 } };
        using EnvironmentLoop loop = Create(run.Plan, environment);
        loop.Begin(5);
        loop.Turn();
        loop.Turn();
        long beats = run.EnvironmentSlot.Heartbeats;
        Assert.That(loop.Turn, Throws.InvalidOperationException);
        Assert.That(run.EnvironmentSlot.VectorSteps, Is.EqualTo(2));
        Assert.That(run.Replay.WrittenRows, Is.EqualTo(2 * LoopFolder.Agents));
        Assert.That(run.EnvironmentSlot.Heartbeats, Is.EqualTo(beats), "a failed turn is no sign of life");

        loop.Begin(6);
        for (int i = 0; i < 3; i++)
        {
            loop.Turn();
        }

        Assert.That(run.EnvironmentSlot.Episodes, Is.EqualTo(1));
        Assert.That(run.EnvironmentSlot.LastScore, Is.EqualTo(3), "the rewards before the failure belong to no episode");
    }

    [Test]
    public void Every_environment_has_as_many_rows_as_its_agents_under_streams_of_its_own()
    {
        using EnvironmentLoop first = Create(run.Plan, new ScriptedEnvironment(LoopFolder.Agents + 3, episodeSteps: 2));
        using EnvironmentLoop second = Create(run.Plan, new ScriptedEnvironment(1, episodeSteps: 2), index: 1);
        foreach (EnvironmentLoop loop in new[] { first, second })
        {
            loop.Begin(5);
            loop.Turn();
            loop.Turn();
        }

        Assert.That(run.Control.TotalTransitions, Is.EqualTo(2 * (LoopFolder.Agents + 3 + 1)));
        Assert.That(run.Replay.WrittenRows, Is.EqualTo(run.Control.TotalTransitions));
        uint[] streams = [.. ReplayInspector.Inspect(run.Replay).Writers.Select(writer => writer.FirstStream)];
        Assert.That(streams, Is.EqualTo(new[] { 0u, 1u << 24 }), "apart, whatever the number of agents");
    }

    [Test]
    public void An_environment_of_other_sizes_than_the_plan_is_refused() => Assert.That(
        () => Create(run.Plan with { ActionSize = 3 }, new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 3)),
        Throws.TypeOf<InputException>()
            .With.Message.EqualTo("Environment 0 has 3 observations and 2 actions where the run began with 3 and 3."));

    private void Drive(RunPlan plan, ScriptedEnvironment environment, int turns)
    {
        using EnvironmentLoop loop = Create(plan, environment);
        loop.Begin(5);
        for (int i = 0; i < turns; i++)
        {
            loop.Turn();
        }
    }

    private EnvironmentLoop Create(RunPlan plan, ScriptedEnvironment environment, int index = 0) => new(
        plan, run.Control, index, environment, run.Replay, new WeightReader(run.Weights),
        StatisticDrain.Of(environment, run["logs"], index), new ReturnLog(run[""], index));
}
