using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.V150;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>What a reset of the current generation tells a scene, read back by its documented layout.</summary>
public sealed class SideChannelTests
{
    [Test]
    public void A_reset_tells_the_engines_configuration_and_the_parameters()
    {
        var options = new MlAgentsOptions
        {
            Seed = 40,
            WorkerId = 2,
            Engine = new EngineSettings { Width = 1, Height = 2, QualityLevel = 3, TimeScale = 4.5f, TargetFrameRate = 6, CaptureFrameRate = 7 },
            EnvironmentParameters = new Dictionary<string, EnvironmentParameter>
            {
                ["a"] = 0.5f,
                ["b"] = new EnvironmentParameter.Uniform(1, 2),
                ["c"] = new EnvironmentParameter.Gaussian(3, 4),
                ["d"] = new EnvironmentParameter.MultiRange([5, 6, 7, 8]),
            },
        };
        TrainerDialect dialect = TrainerDialect.ForPath(ProtocolPaths.V150);
        int[] seeds = [.. Enumerable.Range(0, 4).Select(parameter => V150TrainerDialect.SamplerSeed(options, parameter))];
        Assert.That(Told(dialect, options), Is.EqualTo(new[]
        {
            "0: 1 x 2", "1: 3", "2: 4.5", "3: 6", "4: 7",
            "a = 0.5", $"b ~ {seeds[1]}, 0: 1 2", $"c ~ {seeds[2]}, 1: 3 4", $"d ~ {seeds[3]}, 2: 4 numbers, 5 6 7 8",
        }));
        Assert.That(seeds.Concat([V150TrainerDialect.SamplerSeed(options with { WorkerId = 3 }, 1)]), Is.Unique);
        Assert.That(Told(dialect, options), Is.Empty, "a sampler that is told again begins its numbers again");
    }

    private static List<string> Told(TrainerDialect dialect, MlAgentsOptions options)
    {
        using var reply = new ArrayPoolBufferWriter<byte>();
        dialect.WriteReset(reply, options);
        UnityRLInputProto input = UnityMessageProto.Parser.ParseFrom(reply.WrittenSpan).UnityInput.RlInput;
        Assert.That(input.Command, Is.EqualTo(CommandProto.Reset));
        List<string> told = [];
        var channels = new SideChannelReader(input.SideChannel.ToByteArray());
        while (channels.TryNext(out Guid channel, out SideChannelPayload payload))
        {
            told.Add(channel == SideChannelIds.EngineConfiguration ? Engine(payload) : Parameter(payload));
        }

        return told;
    }

    private static string Engine(SideChannelPayload payload) => payload.Int32() switch
    {
        0 => FormattableString.Invariant($"0: {payload.Int32()} x {payload.Int32()}"),
        2 => FormattableString.Invariant($"2: {payload.Single()}"),
        int type => FormattableString.Invariant($"{type}: {payload.Int32()}"),
    };

    private static string Parameter(SideChannelPayload payload)
    {
        string key = payload.Text();
        if (payload.Int32() == 0)
        {
            return FormattableString.Invariant($"{key} = {payload.Single()}");
        }

        int seed = payload.Int32(), kind = payload.Int32();
        return kind == 2
            ? FormattableString.Invariant(
                $"{key} ~ {seed}, 2: {payload.Int32()} numbers, {payload.Single()} {payload.Single()} {payload.Single()} {payload.Single()}")
            : FormattableString.Invariant($"{key} ~ {seed}, {kind}: {payload.Single()} {payload.Single()}");
    }
}
