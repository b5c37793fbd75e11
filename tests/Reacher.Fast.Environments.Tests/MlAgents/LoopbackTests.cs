using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

public sealed class LoopbackTests
{
    private const int Seed = 20260;

    // 50 decisions an episode.
    private static readonly ArmOptions Arms = new() { ArmCount = 20, MaxSteps = 196 };

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void A_player_of_arms_is_the_arm_environment_to_the_bit(ProtocolGeneration generation)
    {
        using Loopback loopback = Loopback.OfArms(generation, Arms, new MlAgentsOptions { Seed = Seed });
        using var inProcess = new ArmEnvironment(Arms);
        MlAgentsEnvironment remote = loopback.Trainer;
        Assert.That((remote.AgentCount, remote.ObservationSize, remote.ActionSize), Is.EqualTo((20, 33, 4)));
        var here = new StepBuffer(inProcess);
        var there = new StepBuffer(remote);
        float[] actions = new float[20 * 4];
        var random = new Random(7);
        for (int reset = 0; reset < 2; reset++)
        {
            inProcess.Reset(reset == 0 ? Seed : SplitMix64.Key(Seed, agent: 0, reset), here.View.Observations);
            remote.Reset(Seed, there.View.Observations);
            Assert.That(there.View.Observations.SequenceEqual(here.View.Observations));
            for (int decision = 1; decision <= 120; decision++)
            {
                for (int i = 0; i < actions.Length; i++)
                {
                    actions[i] = (2 * random.NextSingle()) - 1;
                }

                inProcess.Step(actions, here.View);
                remote.Step(actions, there.View);
                bool over = decision % 50 == 0;
                AssertEqual(here.View, there.View, trueLastIsKnown: generation == ProtocolGeneration.V150);
                Assert.That(there.View.Truncated.ToArray(), Is.All.EqualTo(over));
                Assert.That(there.View.Lost.ToArray(), Is.All.EqualTo(over && generation == ProtocolGeneration.Api4));
            }
        }

        Assert.That(remote.LostTransitions, Is.EqualTo(generation == ProtocolGeneration.Api4 ? 2 * 2 * 20 : 0));
    }

    [Test]
    public void Players_of_neighbouring_seeds_have_no_reset_in_common()
    {
        var first = new HashSet<string>();
        for (int worker = 0; worker < 3; worker++)
        {
            using Loopback loopback = Loopback.OfArms(ProtocolGeneration.Api4, Arms, new MlAgentsOptions { Seed = Seed + worker });
            var there = new StepBuffer(loopback.Trainer);
            for (int reset = 0; reset < 3; reset++)
            {
                loopback.Trainer.Reset(0, there.View.Observations);
                Assert.That(first.Add(string.Join(' ', there.View.Observations.ToArray())), $"worker {worker}, reset {reset}");
            }
        }
    }

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void Environment_parameters_reach_the_arms(ProtocolGeneration generation)
    {
        var parameters = new Dictionary<string, EnvironmentParameter> { ["goal_speed"] = 0.25f, ["goal_size"] = 40f, ["unheard_of"] = 3f };
        using Loopback loopback = Loopback.OfArms(
            generation, Arms, new MlAgentsOptions { Seed = Seed, EnvironmentParameters = parameters });
        using var inProcess = new ArmEnvironment(Arms with { GoalSpeed = 0.25f, GoalSize = 40f });
        var here = new StepBuffer(inProcess);
        var there = new StepBuffer(loopback.Trainer);
        inProcess.Reset(Seed, here.View.Observations);
        loopback.Trainer.Reset(Seed, there.View.Observations);
        Assert.That(there.View.Observations.SequenceEqual(here.View.Observations));
        for (int decision = 0; decision < 20; decision++)
        {
            inProcess.Step(new float[80], here.View);
            loopback.Trainer.Step(new float[80], there.View);
            AssertEqual(here.View, there.View, trueLastIsKnown: true);
        }

        Assert.That(there.View.Rewards.ToArray(), Has.Some.GreaterThan(0), "goals of 40 m are touched at rest");
    }

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void Closing_the_trainer_ends_the_player(ProtocolGeneration generation)
    {
        Loopback loopback = Loopback.OfArms(generation, Arms, new MlAgentsOptions());
        loopback.Trainer.Dispose();
        Assert.That(loopback.Player.Wait(TimeSpan.FromSeconds(30)));
        Assert.That(loopback.Player.Result.EndedBy, Is.EqualTo("the trainer closed"));
        loopback.Dispose();
    }

    [Test]
    public void The_scenes_statistics_arrive()
    {
        using Loopback loopback = Loopback.OfArms(ProtocolGeneration.V150, Arms with { GoalSize = 40 }, new MlAgentsOptions());
        var step = new StepBuffer(loopback.Trainer);
        double score = 0;
        for (int decision = 0; decision < 50; decision++)
        {
            loopback.Trainer.Step(new float[80], step.View);
            foreach (float reward in step.View.Rewards)
            {
                score += reward / 20;
            }
        }

        Assert.That(loopback.Trainer.Statistics, Has.Count.EqualTo(1));
        PlayerStatistic statistic = loopback.Trainer.Statistics[0];
        Assert.That(statistic.Key, Is.EqualTo("Reacher/Episode Score"));
        Assert.That(statistic.Value, Is.EqualTo(score).Within(1e-5).And.GreaterThan(0));
        Assert.That(statistic.Aggregation, Is.EqualTo(StatisticAggregation.Average));
    }

    private static void AssertEqual(in VectorStep here, in VectorStep there, bool trueLastIsKnown)
    {
        Assert.That(there.Observations.SequenceEqual(here.Observations));
        Assert.That(there.Rewards.SequenceEqual(here.Rewards));
        Assert.That(there.Terminated.SequenceEqual(here.Terminated));
        Assert.That(there.Truncated.SequenceEqual(here.Truncated));
        if (trueLastIsKnown)
        {
            Assert.That(there.FinalObservations.SequenceEqual(here.FinalObservations));
        }
    }
}
