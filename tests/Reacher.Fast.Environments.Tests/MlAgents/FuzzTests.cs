using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Mutated bytes in every reader: a typed refusal or a well-formed result, never another exception, never a hang.</summary>
public sealed class FuzzTests
{
    private const int Mutations = 40_000;

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void A_trainer_survives_mutated_players(ProtocolGeneration generation)
    {
        Samples samples = Samples.Of(generation);
        var random = new Random(12);
        var report = new PlayerReport();
        int read = 0;
        for (int i = 0; i < Mutations; i++)
        {
            TrainerDialect dialect = TrainerDialect.ForPath(samples.Path);
            try
            {
                dialect.ReadHello(i % 4 == 0 ? Mutation.Of(samples.Hello, random) : samples.Hello);
                dialect.Read(i % 4 == 1 ? Mutation.Of(samples.First, random) : samples.First, report);
                if (dialect.Behavior is null)
                {
                    continue;
                }

                var slots = new AgentSlots(dialect.Behavior!, 2, dialect.DoneBringsNextEpisode);
                slots.Restart();
                slots.TakeFirst(report);
                dialect.Read(i % 4 > 1 ? Mutation.Of(samples.Ended, random) : samples.Ended, report);
                var step = new StepBuffer(new Sizes(2, dialect.Behavior!.ObservationSize, dialect.Behavior.ActionSize));
                slots.BeginStep(step.View);
                slots.Take(report, step.View);
                slots.EndStep(step.View);
                using var reply = new ArrayPoolBufferWriter<byte>();
                dialect.WriteStep(reply, slots.Order, new float[2 * dialect.Behavior.ActionSize]);
                read++;
            }
            catch (Exception e) when (e is InputException or PlayerLostException)
            {
                // Refused with a sentence.
            }
        }

        Assert.That(read, Is.GreaterThan(Mutations / 100), "some mutations only change numbers");
    }

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void A_player_survives_mutated_trainers(ProtocolGeneration generation)
    {
        Samples samples = Samples.Of(generation);
        var random = new Random(13);
        PlayerDialect dialect = PlayerDialect.For(new PlayerOptions { Generation = generation });
        var command = new TrainerCommand();
        using var scene = new PlayerScene(_ => new Sizes(2, 33, 4), new Dictionary<string, float> { ["goal_size"] = 5 });
        int stepped = 0;
        for (int i = 0; i < Mutations; i++)
        {
            try
            {
                dialect.Read(Mutation.Of(i % 2 == 0 ? samples.Reset : samples.Step, random), command);
                if (command.Kind == TrainerCommandKind.Reset)
                {
                    scene.Reset(command, 1);
                }
                else if (command.Kind == TrainerCommandKind.Step)
                {
                    scene.Step(command);
                    stepped++;
                }
            }
            catch (InputException)
            {
                // Refused with a sentence.
            }
        }

        Assert.That(stepped, Is.GreaterThan(Mutations / 100), "some mutations only change numbers");
    }

    /// <summary>An environment that does nothing, of these sizes.</summary>
    private sealed class Sizes(int agents, int observations, int actions) : IVectorEnvironment
    {
        public int AgentCount => agents;

        public int ObservationSize => observations;

        public int ActionSize => actions;

        public void Reset(ulong seed, Span<float> observations) => observations.Clear();

        public void Step(ReadOnlySpan<float> actions, in VectorStep step)
        {
        }

        public void Dispose()
        {
        }
    }
}
