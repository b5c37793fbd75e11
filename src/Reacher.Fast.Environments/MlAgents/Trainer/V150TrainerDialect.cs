using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.V150;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>Communicator 1.5.0 as its trainers speak it (ML-Agents release 21, mlagents_envs/environment.py).</summary>
internal sealed class V150TrainerDialect : TrainerDialect
{
    private readonly UnityMessageProto step = new() { Header = new HeaderProto { Status = HeaderStatus.Ok } };
    private readonly SideChannelWriter sideChannel = new();
    private UnityRLInputProto.Types.ListAgentActionProto? stepActions;
    private string? announced;
    private int actionSize;
    private bool isSceneTold;

    /// <inheritdoc/>
    protected override IMessage Closing => new UnityMessageProto { Header = new HeaderProto { Status = HeaderStatus.Close } };

    /// <inheritdoc/>
    public override bool DoneBringsNextEpisode => false;

    /// <inheritdoc/>
    public override string ReadHello(ReadOnlySpan<byte> message)
    {
        UnityMessageProto parsed = ParseOpen(message);
        UnityRLInitializationOutputProto hello = parsed.UnityOutput?.RlInitializationOutput ??
            throw NotIntroduced();
        if (!IsCompatible(hello.CommunicationVersion))
        {
            throw new InputException(
                $"The player's communicator has version '{hello.CommunicationVersion}', which is not compatible with " +
                $"{ProtocolPaths.V150Version}; build the scene with a 1.x to 4.x ML-Agents package.");
        }

        Announce(hello);
        return $"{hello.Name}, package {hello.PackageVersion}, communicator {hello.CommunicationVersion}";
    }

    /// <inheritdoc/>
    public override void WriteWelcome(ArrayPoolBufferWriter<byte> reply, MlAgentsOptions options, int seed) => Write(reply, new UnityInputProto
    {
        RlInitializationInput = new UnityRLInitializationInputProto
        {
            Seed = seed,
            CommunicationVersion = ProtocolPaths.V150Version,
            PackageVersion = "1.0.0",
            NumAreas = options.AreaCount,
            Capabilities = new UnityRLCapabilitiesProto
            {
                BaseRLCapabilities = true,
                ConcatenatedPngObservations = true,
                CompressedChannelMapping = true,
                HybridActions = true,
                TrainingAnalytics = true,
                VariableLengthObservation = true,
                MultiAgentGroups = true,
            },
        },
    });

    /// <inheritdoc/>
    public override void WriteReset(ArrayPoolBufferWriter<byte> reply, MlAgentsOptions options)
    {
        sideChannel.Clear();
        // Once is enough for the connection's life, and a sampler that is told again begins its numbers again: every episode would have those
        // of the first.
        if (!isSceneTold)
        {
            isSceneTold = true;
            TellScene(options);
        }

        Write(reply, new UnityInputProto
        {
            RlInput = new UnityRLInputProto
            {
                Command = CommandProto.Reset,
                SideChannel = ByteString.CopyFrom(sideChannel.Written),
            },
        });
    }

    /// <inheritdoc/>
    public override void WriteStep(ArrayPoolBufferWriter<byte> reply, ReadOnlySpan<int> slots, ReadOnlySpan<float> actions)
    {
        if (stepActions is null)
        {
            stepActions = new UnityRLInputProto.Types.ListAgentActionProto();
            step.UnityInput = new UnityInputProto { RlInput = new UnityRLInputProto { Command = CommandProto.Step } };
        }

        if (Behavior is not null && step.UnityInput.RlInput.AgentActions.Count == 0)
        {
            step.UnityInput.RlInput.AgentActions.Add(Behavior.Name, stepActions);
        }

        Resize(stepActions.Value, slots.Length);
        for (int i = 0; i < slots.Length; i++)
        {
            ReadOnlySpan<float> row = ActionsOf(slots[i], actions, actionSize);
            stepActions.Value[i].VectorActionsDeprecated.Fill(row);
            stepActions.Value[i].ContinuousActions.Fill(row);
        }

        step.WriteAlone(reply);
    }

    /// <inheritdoc/>
    public override void Parse(ReadOnlySpan<byte> message, PlayerReport report)
    {
        UnityMessageProto parsed = ParseOpen(message);
        if (parsed.UnityOutput?.RlInitializationOutput is { } announcement)
        {
            Announce(announcement);
        }

        if (parsed.UnityOutput?.RlOutput is not { } output)
        {
            return;
        }

        var channels = new SideChannelReader(output.SideChannel.Span);
        while (channels.TryNext(out Guid channel, out SideChannelPayload payload))
        {
            if (channel == SideChannelIds.Statistics)
            {
                report.Add(SideChannelReader.Statistic(payload));
            }
        }

        foreach ((string name, UnityRLOutputProto.Types.ListAgentInfoProto infos) in output.AgentInfos)
        {
            if (infos.Value.Count == 0)
            {
                continue;
            }

            if (announced is null)
            {
                throw new PlayerLostException($"The player sent agents of behaviour '{name}' before it announced that behaviour.");
            }

            if (name != announced)
            {
                throw Several([announced, name]);
            }

            foreach (AgentInfoProto info in infos.Value)
            {
                Take(info, report);
            }
        }
    }

    // Samplers of one seed would all draw alike: two uniform ones no more than the diagonal of their rectangle.
    private void TellScene(MlAgentsOptions options)
    {
        sideChannel.Write(options.Engine);
        int index = 0;
        foreach ((string key, EnvironmentParameter parameter) in options.EnvironmentParameters)
        {
            sideChannel.Write(key, parameter, SamplerSeed(options, index++));
        }
    }

    /// <summary>Majors must be equal; where the major is 0, the minors too (the rule both published sides apply).</summary>
    private static bool IsCompatible(string version) =>
        Version.TryParse(version, out Version? theirs) && theirs.Major == 1;

    private static UnityMessageProto ParseOpen(ReadOnlySpan<byte> message) =>
        ParseOpen(UnityMessageProto.Parser, message, static parsed => parsed.Header?.Status);

    private static void Write(ArrayPoolBufferWriter<byte> reply, UnityInputProto input) =>
        new UnityMessageProto { Header = new HeaderProto { Status = HeaderStatus.Ok }, UnityInput = input }.WriteAlone(reply);

    /// <summary>The seed of the scene's sampler for the parameter of this number.</summary>
    internal static int SamplerSeed(MlAgentsOptions options, int index) =>
        unchecked((int)SplitMix64.Key((ulong)(options.Seed + options.WorkerId), index, episode: 0));

    /// <summary>Communicators before 1.3.0 send no action spec; their deprecated fields say the same.</summary>
    private static int ContinuousActions(BrainParametersProto brain)
    {
        if (brain.ActionSpec is { } spec && (spec.NumContinuousActions != 0 || spec.NumDiscreteActions != 0))
        {
            return spec.NumDiscreteActions == 0 ? spec.NumContinuousActions : throw NotContinuous(brain.BrainName);
        }

        return brain.VectorActionSpaceTypeDeprecated == SpaceTypeProto.Continuous
            ? brain.VectorActionSizeDeprecated.FirstOrDefault()
            : throw NotContinuous(brain.BrainName);
    }

    private static ObservationLayout LayoutOf(AgentInfoProto info, string behavior)
    {
        var shapes = new List<IReadOnlyList<int>>();
        long total = 0;
        foreach (ObservationProto observation in info.Observations)
        {
            if (observation.ObservationDataCase == ObservationProto.ObservationDataOneofCase.CompressedData)
            {
                throw NotVector(
                    behavior, $"a compressed observation {QuotedName.Of(observation.Name)} of shape ({string.Join(", ", observation.Shape)})");
            }

            int size = observation.FloatData?.Data.Count ?? 0;
            total += size;
            if (size > 0)
            {
                shapes.Add(ShapeOf(observation, size, behavior));
            }
        }

        return total is >= 1 and <= BehaviorSpec.LargestSize
            ? new ObservationLayout(shapes)
            : throw new InputException(
                $"Behaviour '{behavior}' has {total} observations; between 1 and {BehaviorSpec.LargestSize} can be trained.");
    }

    // A player that says nothing of the shape sends a vector.
    private static IReadOnlyList<int> ShapeOf(ObservationProto observation, int size, string behavior)
    {
        if (observation.Shape.Count == 0)
        {
            return [size];
        }

        long said = 1;
        foreach (int length in observation.Shape)
        {
            said = length < 1 || said > size ? 0 : said * length;
        }

        return said == size
            ? [.. observation.Shape]
            : throw new InputException(
                $"Behaviour '{behavior}' sent {size} numbers for the observation {QuotedName.Of(observation.Name)}, whose shape is " +
                $"({string.Join(", ", observation.Shape)}); correct that sensor in the scene.");
    }

    private void Announce(UnityRLInitializationOutputProto announcement)
    {
        foreach (BrainParametersProto brain in announcement.BrainParameters)
        {
            if (announced is not null && announced != brain.BrainName)
            {
                throw Several([announced, brain.BrainName]);
            }

            int actions = ContinuousActions(brain);
            if (actions is < 1 or > BehaviorSpec.LargestSize)
            {
                throw new InputException(
                    $"Behaviour '{brain.BrainName}' declares {actions} continuous actions; between 1 and " +
                    $"{BehaviorSpec.LargestSize} can be trained.");
            }

            announced = brain.BrainName;
            actionSize = actions;
        }
    }

    private void Take(AgentInfoProto info, PlayerReport report)
    {
        ObservationLayout layout = LayoutOf(info, announced!);
        Behavior ??= new BehaviorSpec(announced!, layout, actionSize);
        if (!layout.Equals(Behavior.Observations))
        {
            throw new InputException(
                $"Agent {info.Id} of behaviour '{Behavior.Name}' sent observations of {layout} numbers where the first one sent " +
                $"{Behavior.Observations}; give all agents of a behaviour the same sensors.");
        }

        Span<float> target = report.Add(info.Id, info.Reward, info.Done, info.MaxStepReached, Behavior.ObservationSize);
        foreach (ObservationProto observation in info.Observations)
        {
            if (observation.FloatData is { } floats)
            {
                floats.Data.CopyInto(target[..floats.Data.Count]);
                target = target[floats.Data.Count..];
            }
        }
    }
}
