using System.Globalization;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>
/// Pins the wire: every byte of a conversation of ours, both ways, is in Transcripts/, each message in its frame of gRPC. Both published Python
/// packages were seen to hold such conversations with our player; a change of a byte is a change of protocol, and is to be tried
/// against them again before the transcript is written anew (REACHER_FAST_WRITE_TRANSCRIPTS=1).
/// </summary>
public sealed class TranscriptTests
{
    [TestCase(ProtocolGeneration.Api4, "api4.txt")]
    [TestCase(ProtocolGeneration.V150, "v150.txt")]
    public void The_bytes_on_the_wire_are_the_recorded_ones(ProtocolGeneration generation, string file)
    {
        string spoken = Speak(generation);
        string folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "MlAgents", "Transcripts");
        if (Environment.GetEnvironmentVariable("REACHER_FAST_WRITE_TRANSCRIPTS") == "1")
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, file), spoken);
            Assert.Ignore($"Written to {folder}; copy it to the sources.");
        }

        Assert.That(spoken, Is.EqualTo(File.ReadAllText(Path.Combine(folder, file))));
    }

    [TestCase(ProtocolGeneration.Api4, "api4.txt")]
    [TestCase(ProtocolGeneration.V150, "v150.txt")]
    public void The_recorded_bytes_are_understood(ProtocolGeneration generation, string file)
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "MlAgents", "Transcripts", file));
        byte[][] player = [.. lines.Where(l => l.StartsWith("player ", StringComparison.Ordinal)).Select(Bytes)];
        byte[][] trainer = [.. lines.Where(l => l.StartsWith("trainer ", StringComparison.Ordinal)).Select(Bytes)];
        TrainerDialect reading = TrainerDialect.ForPath(PlayerDialect.For(new PlayerOptions { Generation = generation }).Path);
        var report = new PlayerReport();
        reading.ReadHello(Message(player[0]));
        reading.Read(Message(player[2]), report);
        Assert.That((report.Count, report.ObservationSize, reading.Behavior!.ActionSize), Is.EqualTo((2, 3, 2)));
        Assert.That(report.Observation(1).ToArray(), Is.EqualTo(new[] { 10f, 11f, 12f }));
        reading.Read(Message(player[4]), report);
        Assert.That(report.Done.Take(report.Count), Has.Some.True);

        PlayerDialect serving = PlayerDialect.For(new PlayerOptions { Generation = generation, BehaviorName = "Count" });
        var command = new TrainerCommand();
        serving.Read(Message(trainer[0]), command);
        Assert.That((command.Kind, command.Seed), Is.EqualTo((TrainerCommandKind.Welcome, 42)));
        serving.Read(Message(trainer[1]), command);
        Assert.That((command.Kind, command.Parameters["size"]), Is.EqualTo((TrainerCommandKind.Reset, 2.5f)));
        serving.Read(Message(trainer[2]), command);
        Assert.That((command.Kind, command.ActionRows), Is.EqualTo((TrainerCommandKind.Step, 2)));
        Assert.That(command.Actions, Is.EqualTo(new[] { 0.25f, -0.5f, 0.75f, -1f }));
        serving.Read(Message(trainer[4]), command);
        Assert.That(command.Kind, Is.EqualTo(TrainerCommandKind.Close));
    }

    /// <summary>Holds the conversation in memory: introduction, reset, two decisions (the second ends the episodes), close.</summary>
    private static string Speak(ProtocolGeneration generation)
    {
        var options = new MlAgentsOptions { Seed = 42, EnvironmentParameters = new Dictionary<string, EnvironmentParameter> { ["size"] = 2.5f } };
        PlayerDialect player = PlayerDialect.For(new PlayerOptions
        {
            Generation = generation,
            BehaviorName = "Count",
            EnvironmentParameters = new Dictionary<string, float> { ["size"] = 1 },
        });
        TrainerDialect trainer = TrainerDialect.ForPath(player.Path);
        using var scene = new PlayerScene(_ => new Count(), new Dictionary<string, float> { ["size"] = 1 });
        var transcript = new StringBuilder($"path {player.Path}\n");
        using var said = new ArrayPoolBufferWriter<byte>();
        var command = new TrainerCommand();
        var report = new PlayerReport();

        ReadOnlySpan<byte> Say(string who)
        {
            // gRPC's frame: not compressed, and the length.
            transcript.Append(CultureInfo.InvariantCulture, $"{who} 00{said.WrittenCount:x8}{Convert.ToHexStringLower(said.WrittenSpan)}\n");
            return said.WrittenSpan.ToArray();
        }

        player.WriteHello(said, scene);
        trainer.ReadHello(Say("player"));
        trainer.WriteWelcome(said, options, options.Seed);
        player.Read(Say("trainer"), command);
        player.WriteReady(said);
        trainer.Read(Say("player"), report);
        trainer.WriteReset(said, options);
        player.Read(Say("trainer"), command);
        scene.Reset(command, 42);
        for (int i = 0; i < 2; i++)
        {
            player.WriteOutput(said, scene);
            trainer.Read(Say("player"), report);
            trainer.WriteStep(said, [0, 1], [0.25f, -0.5f, 0.75f, -1f]);
            player.Read(Say("trainer"), command);
            scene.Step(command);
        }

        player.WriteOutput(said, scene);
        trainer.Read(Say("player"), report);
        trainer.WriteClose(said);
        player.Read(Say("trainer"), command);
        return transcript.ToString();
    }

    private static byte[] Bytes(string line) => Convert.FromHexString(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    private static ReadOnlySpan<byte> Message(byte[] frame) => frame.AsSpan(5);

    /// <summary>Two agents that count; an episode has two decisions.</summary>
    private sealed class Count : IVectorEnvironment
    {
        private int decision;

        public int AgentCount => 2;

        public int ObservationSize => 3;

        public int ActionSize => 2;

        public void Reset(ulong seed, Span<float> observations)
        {
            decision = 0;
            Observe(observations, 0);
        }

        public void Step(ReadOnlySpan<float> actions, in VectorStep step)
        {
            decision++;
            bool over = decision % 2 == 0;
            Observe(step.FinalObservations, 100 + decision);
            Observe(step.Observations, decision);
            actions[..2].CopyTo(step.Rewards);
            step.Truncated.Fill(over);
        }

        public void Dispose()
        {
        }

        private static void Observe(Span<float> observations, int from)
        {
            for (int i = 0; i < 6; i++)
            {
                observations[i] = from + (10 * (i / 3)) + (i % 3);
            }
        }
    }
}
