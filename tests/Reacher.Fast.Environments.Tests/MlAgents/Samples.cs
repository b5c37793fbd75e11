using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>One message of each kind, written by our own other side, for two arms.</summary>
internal sealed record Samples(string Path, byte[] Hello, byte[] First, byte[] Stepped, byte[] Ended, byte[] Reset, byte[] Step)
{
    public static Samples Of(ProtocolGeneration generation)
    {
        PlayerDialect player = PlayerDialect.For(new PlayerOptions { Generation = generation });
        using var scene = new PlayerScene(
            _ => new ArmEnvironment(new ArmOptions { ArmCount = 2, MaxSteps = 4 }), new Dictionary<string, float> { ["goal_size"] = 5 });
        using var buffer = new ArrayPoolBufferWriter<byte>();
        player.WriteHello(buffer, scene);
        byte[] hello = buffer.WrittenSpan.ToArray();
        var command = new TrainerCommand();
        scene.Reset(command, 1);
        player.WriteOutput(buffer, scene);
        byte[] first = buffer.WrittenSpan.ToArray();
        scene.Step(command);
        player.WriteOutput(buffer, scene);
        byte[] stepped = buffer.WrittenSpan.ToArray();
        scene.Step(command);
        player.WriteOutput(buffer, scene);
        byte[] ended = buffer.WrittenSpan.ToArray();

        TrainerDialect trainer = TrainerDialect.ForPath(player.Path);
        trainer.ReadHello(hello);
        trainer.Read(first, new PlayerReport());
        var options = new MlAgentsOptions { EnvironmentParameters = new Dictionary<string, EnvironmentParameter> { ["goal_size"] = 4f } };
        trainer.WriteReset(buffer, options);
        byte[] reset = buffer.WrittenSpan.ToArray();
        trainer.WriteStep(buffer, [0, 1], new float[8]);
        return new Samples(player.Path, hello, first, stepped, ended, reset, buffer.WrittenSpan.ToArray());
    }
}
