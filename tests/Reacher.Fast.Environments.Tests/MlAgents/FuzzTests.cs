using System.Buffers;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Mutated bytes in every reader: a typed refusal or a well-formed result, never another exception, never a hang.</summary>
public sealed class FuzzTests
{
    private const int Mutations = 40_000;

    [Test]
    public void The_frame_reader_survives_mutations()
    {
        var random = new Random(11);
        int complete = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] message = new byte[random.Next(0, 40)];
            random.NextBytes(message);
            var frame = new FrameBuffer();
            frame.Write(message);
            byte[] bytes = i % 10 == 0 ? frame.Frame.ToArray() : Mutate(frame.Frame.Span, random);
            ReadOnlySequence<byte> cut = Cut(bytes, random);
            FrameState state = GrpcFrame.Read(cut, 64, out ReadOnlySequence<byte> read);
            if (state == FrameState.Complete)
            {
                complete++;
                Assert.That(bytes.AsSpan(GrpcFrame.HeaderBytes).SequenceEqual(read.ToArray()));
                Assert.That(bytes[0], Is.Zero);
            }
            else
            {
                Assert.That(GrpcFrame.Refusal(state, 64), Is.Not.Null);
            }
        }

        Assert.That(complete, Is.GreaterThan(Mutations / 10 - 1), "whole frames are read");
    }

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
                dialect.ReadHello(Cut(i % 4 == 0 ? Mutate(samples.Hello, random) : samples.Hello, random));
                dialect.Read(Cut(i % 4 == 1 ? Mutate(samples.First, random) : samples.First, random), report);
                if (dialect.Behavior is null)
                {
                    continue;
                }

                var slots = new AgentSlots(dialect.Behavior!, 2, dialect.DoneBringsNextEpisode);
                slots.Restart();
                slots.TakeFirst(report);
                dialect.Read(Cut(i % 4 > 1 ? Mutate(samples.Ended, random) : samples.Ended, random), report);
                var step = new StepBuffer(new Sizes(2, dialect.Behavior!.ObservationSize, dialect.Behavior.ActionSize));
                slots.BeginStep(step.View);
                slots.Take(report, step.View);
                slots.EndStep(step.View);
                var reply = new FrameBuffer();
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
                dialect.Read(Cut(Mutate(i % 2 == 0 ? samples.Reset : samples.Step, random), random), command);
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

    /// <summary>One to four of: a flipped bit, a random byte, a removed, doubled or overwritten run, a cut.</summary>
    private static byte[] Mutate(ReadOnlySpan<byte> bytes, Random random)
    {
        List<byte> mutated = [.. bytes];
        for (int n = random.Next(1, 5); n > 0 && mutated.Count > 0; n--)
        {
            int at = random.Next(mutated.Count);
            int run = Math.Min(random.Next(1, 9), mutated.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated.RemoveRange(at, run);
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.GetRange(at, run));
                    break;
                case 4:
                    for (int k = 0; k < run; k++)
                    {
                        mutated[at + k] = 0xFF;
                    }

                    break;
                default:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>The bytes as a pipe may hold them: in one piece or in two.</summary>
    private static ReadOnlySequence<byte> Cut(byte[] bytes, Random random)
    {
        if (random.Next(2) == 0)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        int at = random.Next(bytes.Length + 1);
        var first = new Segment(bytes.AsMemory(0, at), null);
        var second = new Segment(bytes.AsMemory(at), first);
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }

    /// <summary>One message of each kind, written by our own other side, for two arms.</summary>
    private sealed record Samples(string Path, byte[] Hello, byte[] First, byte[] Ended, byte[] Reset, byte[] Step)
    {
        public static Samples Of(ProtocolGeneration generation)
        {
            PlayerDialect player = PlayerDialect.For(new PlayerOptions { Generation = generation });
            using var scene = new PlayerScene(
                _ => new ArmEnvironment(new ArmOptions { ArmCount = 2, MaxSteps = 4 }), new Dictionary<string, float> { ["goal_size"] = 5 });
            var buffer = new FrameBuffer();
            player.WriteHello(buffer, scene);
            byte[] hello = buffer.Message.ToArray();
            var command = new TrainerCommand();
            scene.Reset(command, 1);
            player.WriteOutput(buffer, scene);
            byte[] first = buffer.Message.ToArray();
            scene.Step(command);
            scene.Step(command);
            player.WriteOutput(buffer, scene);
            byte[] ended = buffer.Message.ToArray();

            TrainerDialect trainer = TrainerDialect.ForPath(player.Path);
            trainer.ReadHello(new ReadOnlySequence<byte>(hello));
            trainer.Read(new ReadOnlySequence<byte>(first), new PlayerReport());
            var options = new MlAgentsOptions { EnvironmentParameters = new Dictionary<string, EnvironmentParameter> { ["goal_size"] = 4f } };
            trainer.WriteReset(buffer, options);
            byte[] reset = buffer.Message.ToArray();
            trainer.WriteStep(buffer, [0, 1], new float[8]);
            return new Samples(player.Path, hello, first, ended, reset, buffer.Message.ToArray());
        }
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
