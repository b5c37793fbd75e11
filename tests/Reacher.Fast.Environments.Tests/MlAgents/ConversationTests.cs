using System.Collections.Concurrent;
using Grpc.Core;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages.V150;
using Reacher.Fast.Environments.MlAgents.Trainer;
using static Reacher.Fast.Environments.Tests.MlAgents.ScriptedPlayer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>What the trainer's side makes of what a player says.</summary>
public sealed class ConversationTests
{
    private const string Name = "Walker?team=0";

    private Task player = Task.CompletedTask;

    [Test]
    public void Actions_go_out_in_the_order_of_the_infos_and_in_both_fields()
    {
        int[][] orders = [[5, -7, 9], [9, 5, -7], [-7, 9, 5]];
        var replies = new ConcurrentQueue<UnityMessageProto>();
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            for (int i = 0; i < 3; i++)
            {
                UnityOutputProto output = Output(Name, [.. orders[i].Select(id => Agent(id, id))]);
                output.RlInitializationOutput = i == 0 ? Announce(Name, actions: 2) : null;
                replies.Enqueue(await player.ExchangeAsync(output));
            }
        });
        var step = new StepBuffer(trainer);
        trainer.Reset(0, step.View.Observations);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(step.View.Observations.ToArray(), Is.EqualTo(new float[] { 5, -7, 9 }), "rows are agents, whatever the order");
            if (i < 2)
            {
                trainer.Step([0.5f, 50f, -0.7f, 70f, 0.9f, 90f], step.View);
            }
        }

        trainer.Dispose();
        player.Wait();
        var expected = new Dictionary<int, float[]> { [5] = [0.5f, 50f], [-7] = [-0.7f, 70f], [9] = [0.9f, 90f] };
        for (int i = 0; i < 2; i++)
        {
            Assert.That(replies.TryDequeue(out UnityMessageProto? reply));
            var actions = reply!.UnityInput.RlInput.AgentActions[Name].Value;
            for (int k = 0; k < 3; k++)
            {
                Assert.That(actions[k].ContinuousActions, Is.EqualTo(expected[orders[i][k]]));
                Assert.That(actions[k].VectorActionsDeprecated, Is.EqualTo(expected[orders[i][k]]));
            }
        }

        Assert.That(replies.TryDequeue(out UnityMessageProto? last) ? last!.Header.Status : 0, Is.EqualTo(400), "the close");
    }

    [Test]
    public void A_message_of_nothing_but_ends_is_passed_over_until_agents_ask_again()
    {
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            UnityOutputProto first = Output(Name, Agent(1, 10), Agent(2, 20));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
            await player.ExchangeAsync(Output(Name, Agent(2, 21, reward: 0.5f, done: true)));
            await player.ExchangeAsync(Output(Name, Agent(1, 11, reward: 1), Agent(3, 30, reward: 99)));
        });
        var step = new StepBuffer(trainer);
        trainer.Reset(0, step.View.Observations);
        trainer.Step([0, 0], step.View);
        Assert.That(step.View.Observations.ToArray(), Is.EqualTo(new float[] { 11, 30 }));
        Assert.That(step.View.FinalObservations[1], Is.EqualTo(21));
        Assert.That(step.View.Rewards.ToArray(), Is.EqualTo(new[] { 1f, 0.5f }), "a new agent's first reward is not ours");
        Assert.That(step.View.Terminated.ToArray(), Is.EqualTo(new[] { false, true }));
        Assert.That(step.View.Lost.ToArray(), Is.All.False);
    }

    [Test]
    public void A_scene_may_bring_its_agents_forth_late()
    {
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            await player.ExchangeAsync(new UnityOutputProto { RlOutput = new UnityRLOutputProto() });
            UnityOutputProto first = Output(Name, Agent(1, 10));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
        });
        Assert.That((trainer.AgentCount, trainer.ObservationSize, trainer.ActionSize, trainer.BehaviorName), Is.EqualTo((1, 1, 1, Name)));
    }

    [Test]
    public void Agents_that_come_after_the_start_and_find_no_row_are_said_once_with_numbers()
    {
        List<string> said = Play(messages: 300, i => i < 5 ? [Agent(1, i)] : [Agent(1, i), Agent(2, i), Agent(3, i)]);
        Assert.That(said.Single(), Does.StartWith("Agents are left out: the scene began with 1, ")
            .And.Contain("100 of 154 requests for actions so far came from others"));
    }

    [Test]
    public void Agents_that_skip_messages_are_said_once_with_numbers()
    {
        List<string> said = Play(messages: 500, i => i % 2 == 0 ? [Agent(1, i), Agent(2, i)] : [Agent(1, i)]);
        Assert.That(said.Single(), Does.StartWith("Nothing is learned of 1 of 2 agents: in 100 requests for actions"));
    }

    [Test]
    public void Of_agents_that_come_and_go_nothing_is_said()
    {
        List<string> said = Play(messages: 500, i => (i % 7) switch
        {
            5 => [Agent(i / 7, i, done: true), Agent(-1, i)],
            6 => [Agent(-1, i)],
            _ => [Agent(i / 7, i), Agent(-1, i)],
        });
        Assert.That(said, Is.Empty);
    }

    [Test]
    public void Two_behaviours_are_refused_by_name() => AssertRefused(
        "several behaviours ('Walker?team=0', 'Walker?team=1')",
        async player =>
        {
            await player.GreetAsync();
            UnityOutputProto output = Output(Name, Agent(1, 1));
            output.RlInitializationOutput = Announce(Name);
            output.RlInitializationOutput.BrainParameters.Add(Announce("Walker?team=1").BrainParameters[0]);
            await player.ExchangeAsync(output);
        });

    [Test]
    public void Discrete_actions_are_refused() => AssertRefused("discrete actions", async player =>
    {
        await player.GreetAsync();
        UnityOutputProto output = Output(Name, Agent(1, 1));
        output.RlInitializationOutput = Announce(Name, actions: 1, discrete: 2);
        await player.ExchangeAsync(output);
    });

    [Test]
    public void Actions_beyond_reason_are_refused() => AssertRefused(
        "declares 1048576 continuous actions; between 1 and 65536 can be trained", async player =>
        {
            await player.GreetAsync();
            UnityOutputProto output = Output(Name, Agent(1, 1));
            output.RlInitializationOutput = Announce(Name, actions: 1 << 20);
            await player.ExchangeAsync(output);
        });

    [Test]
    public void Observations_beyond_reason_are_refused() => AssertRefused(
        "has 1048576 observations; between 1 and 65536 can be trained", async player =>
        {
            await player.GreetAsync();
            UnityOutputProto output = Output(Name, Agent(1, ([1 << 20], new float[1 << 20])));
            output.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(output);
        });

    [Test]
    public void Images_are_refused() => AssertRefused("a compressed observation 'camera' of shape (3, 84, 84)", async player =>
    {
        await player.GreetAsync();
        AgentInfoProto agent = Agent(1, 1);
        var image = new ObservationProto { Name = "camera", CompressionType = CompressionTypeProto.Png };
        image.CompressedData = Google.Protobuf.ByteString.CopyFrom(1, 2, 3);
        image.Shape.Add([3, 84, 84]);
        agent.Observations.Add(image);
        UnityOutputProto output = Output(Name, agent);
        output.RlInitializationOutput = Announce(Name);
        await player.ExchangeAsync(output);
    });

    [Test]
    public void Sensors_are_joined_in_their_order_and_their_shapes_are_kept()
    {
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            UnityOutputProto first = Output(Name, Seeing(1, [1, 2], [3, 4, 5, 6]), Seeing(2, [7, 8], [9, 10, 11, 12]));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
            await player.ExchangeAsync(Output(Name, Seeing(2, [70, 80], [90, 100, 110, 120]), Seeing(1, [10, 20], [30, 40, 50, 60])));
        });
        Assert.That(trainer.ObservationLayout, Is.EqualTo(new ObservationLayout([[2], [2, 2]])));
        var step = new StepBuffer(trainer);
        trainer.Reset(0, step.View.Observations);
        Assert.That(step.View.Observations.ToArray(), Is.EqualTo(Enumerable.Range(1, 12)));
        trainer.Step([0, 0], step.View);
        Assert.That(step.View.Observations.ToArray(), Is.EqualTo(Enumerable.Range(1, 12).Select(number => 10 * number)));

        static AgentInfoProto Seeing(int id, float[] vector, float[] matrix) => Agent(id, ([2], vector), ([2, 2], matrix));
    }

    [Test]
    public void An_agent_with_the_sensors_in_another_order_is_refused()
    {
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            UnityOutputProto first = Output(Name, Agent(1, ([1], [1]), ([2], [2, 3])));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
            await player.ExchangeAsync(Output(Name, Agent(1, ([2], [2, 3]), ([1], [1]))));
        });
        var step = new StepBuffer(trainer);
        Assert.That(() => trainer.Step([0], step.View), Throws.TypeOf<InputException>()
            .With.Message.Contains("sent observations of 2;1 numbers where the first one sent 1;2"));
    }

    [TestCase(new[] { 2, 2 }, "(2, 2)")]
    [TestCase(new[] { 3, 0 }, "(3, 0)")]
    [TestCase(new[] { -1, -3 }, "(-1, -3)")]
    [TestCase(new[] { 1 << 30, 1 << 30, 1 << 30, 1 << 30 }, "(1073741824, ")]
    public void A_shape_of_other_numbers_than_were_sent_is_refused(int[] shape, string shown) => AssertRefused(
        $"sent 3 numbers for the observation '', whose shape is {shown}",
        async player =>
        {
            await player.GreetAsync();
            UnityOutputProto first = Output(Name, Agent(1, (shape, [1, 2, 3])));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
        });

    [Test]
    public void Another_major_version_is_refused() => AssertRefused("version '2.0.0'", player => player.GreetAsync("2.0.0"));

    [TestCase(float.NaN, 0f, "its observation")]
    [TestCase(0f, float.PositiveInfinity, "its reward")]
    public void NaN_stops_with_the_agents_id(float saw, float reward, string what)
    {
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            UnityOutputProto first = Output(Name, Agent(-1234, 10));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
            await player.ExchangeAsync(Output(Name, Agent(-1234, saw, reward)));
        });
        var step = new StepBuffer(trainer);
        InputException error = Assert.Throws<InputException>(() => trainer.Step([0], step.View))!;
        Assert.That(error.Message, Does.Contain("Agent -1234").And.Contain(what));
    }

    [Test]
    public void A_player_that_closes_is_lost()
    {
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            UnityOutputProto first = Output(Name, Agent(1, 10));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
            await player.ExchangeAsync(new UnityOutputProto(), status: 400);
        });
        var step = new StepBuffer(trainer);
        Assert.That(() => trainer.Step([0], step.View), Throws.TypeOf<PlayerLostException>().With.Message.Contains("closed"));
    }

    [Test]
    public void A_second_player_on_the_port_is_turned_away()
    {
        RpcException? turnedAway = null;
        using MlAgentsEnvironment trainer = Launch(async player =>
        {
            await player.GreetAsync();
            using (var second = new ScriptedPlayer(player.Port))
            {
                try
                {
                    await second.GreetAsync();
                }
                catch (RpcException e)
                {
                    turnedAway = e;
                }
            }

            UnityOutputProto first = Output(Name, Agent(1, 10));
            first.RlInitializationOutput = Announce(Name);
            await player.ExchangeAsync(first);
        });
        Assert.That(turnedAway?.StatusCode, Is.EqualTo(StatusCode.FailedPrecondition));
        Assert.That(turnedAway.Status.Detail, Is.EqualTo("This port already serves another player; use another port."));
        Assert.That(trainer.AgentCount, Is.EqualTo(1), "the first player is not disturbed");
    }

    [Test]
    public void Nobody_coming_is_an_error_within_the_deadline() => Assert.That(
        () => MlAgentsEnvironment.Launch(new MlAgentsOptions { BasePort = 0, Timeout = TimeSpan.FromMilliseconds(50) }),
        Throws.TypeOf<PlayerLostException>().With.Message.Contains("No player connected within"));

    [TestCase(70000, 0, 1, "Port 70000")]
    [TestCase(5005, -1, 1, "worker's number")]
    public void Options_that_cannot_work_are_refused(int port, int worker, int count, string sentence) => Assert.That(
        () => MlAgentsEnvironment.Launch(new MlAgentsOptions { BasePort = port, WorkerId = worker, WorkerCount = count }),
        Throws.TypeOf<InputException>().With.Message.Contains(sentence));

    private void AssertRefused(string sentence, Func<ScriptedPlayer, Task> script)
    {
        InputException error = Assert.Throws<InputException>(() => Launch(script).Dispose())!;
        Assert.That(error.Message, Does.Contain(sentence));
        player.Wait();
    }

    private List<string> Play(int messages, Func<int, AgentInfoProto[]> agentsOf)
    {
        var said = new List<string>();
        using MlAgentsEnvironment trainer = Launch(
            async player =>
            {
                await player.GreetAsync();
                for (int i = 0; i < messages; i++)
                {
                    UnityOutputProto output = Output(Name, agentsOf(i));
                    output.RlInitializationOutput = i == 0 ? Announce(Name) : null;
                    await player.ExchangeAsync(output);
                }
            },
            said.Add);
        var step = new StepBuffer(trainer);
        trainer.Reset(0, step.View.Observations);
        for (int i = 1; i < messages; i++)
        {
            trainer.Step(new float[trainer.AgentCount], step.View);
        }

        return said;
    }

    private MlAgentsEnvironment Launch(Func<ScriptedPlayer, Task> script, Action<string>? warn = null)
    {
        return MlAgentsEnvironment.Launch(new MlAgentsOptions
        {
            BasePort = 0,
            Warn = warn,
            Timeout = TimeSpan.FromSeconds(30),
            Listening = port => player = Task.Run(async () =>
            {
                using var scripted = new ScriptedPlayer(port);
                try
                {
                    await script(scripted);
                }
                catch (RpcException)
                {
                    // The trainer stopped first, as some of these tests want it to.
                }
            }),
        });
    }
}
