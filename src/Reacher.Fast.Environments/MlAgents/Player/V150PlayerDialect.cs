using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.V150;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>
/// Communicator 1.5.0 as its players speak it. An episode's end is an info of its own, with the true last observation; the
/// agent asks again in the same message, under a new id.
/// </summary>
internal sealed class V150PlayerDialect(PlayerOptions options) : PlayerDialect
{
    private const string AcademyName = "AcademySingleton";

    private readonly UnityMessageProto output = new()
    {
        Header = new HeaderProto { Status = HeaderStatus.Ok },
        UnityOutput = new UnityOutputProto { RlOutput = new UnityRLOutputProto() },
    };

    private readonly UnityRLOutputProto.Types.ListAgentInfoProto infos = new();
    private readonly SideChannelWriter statistics = new();
    private AgentInfoProto[] asking = [];
    private AgentInfoProto[] ended = [];
    private double score;

    /// <inheritdoc/>
    public override string BehaviorName => options.BehaviorName + "?team=0";

    /// <inheritdoc/>
    public override string Path => ProtocolPaths.V150;

    /// <inheritdoc/>
    public override void WriteHello(ArrayPoolBufferWriter<byte> request, PlayerScene scene) => Message(new UnityOutputProto
    {
        RlInitializationOutput = new UnityRLInitializationOutputProto
        {
            Name = AcademyName,
            CommunicationVersion = ProtocolPaths.V150Version,
            PackageVersion = typeof(V150PlayerDialect).Assembly.GetName().Version!.ToString(3),
            Capabilities = new UnityRLCapabilitiesProto
            {
                BaseRLCapabilities = true,
                HybridActions = true,
            },
        },
    }).WriteAlone(request);

    /// <inheritdoc/>
    public override void WriteReady(ArrayPoolBufferWriter<byte> request) => Message(new UnityOutputProto()).WriteAlone(request);

    /// <inheritdoc/>
    public override void WriteOutput(ArrayPoolBufferWriter<byte> request, PlayerScene scene)
    {
        if (asking.Length == 0)
        {
            asking = NewInfos(scene);
            ended = NewInfos(scene);
            output.UnityOutput.RlOutput.AgentInfos.Add(BehaviorName, infos);
            output.UnityOutput.RlInitializationOutput = Announcement(scene);
        }
        else
        {
            output.UnityOutput.RlInitializationOutput = null;
        }

        VectorStep step = scene.LastStep.View;
        infos.Value.Clear();
        for (int i = 0; i < scene.AgentCount; i++)
        {
            score += step.Rewards[i];
            if (step.Terminated[i] || step.Truncated[i])
            {
                Set(ended[i], scene.EndedIds[i], step.Rewards[i], step.FinalObservations, i);
                ended[i].Done = true;
                ended[i].MaxStepReached = step.Truncated[i];
                infos.Value.Add(ended[i]);
            }
        }

        output.UnityOutput.RlOutput.SideChannel = infos.Value.Count == scene.AgentCount ? Score(scene.AgentCount) : ByteString.Empty;
        for (int i = 0; i < scene.AgentCount; i++)
        {
            bool first = step.Terminated[i] || step.Truncated[i];
            Set(asking[i], scene.Ids[i], first ? 0 : step.Rewards[i], step.Observations, i);
            infos.Value.Add(asking[i]);
        }

        output.WriteAlone(request);
    }

    /// <inheritdoc/>
    public override void WriteClosing(ArrayPoolBufferWriter<byte> request) =>
        new UnityMessageProto { Header = new HeaderProto { Status = HeaderStatus.Close } }.WriteAlone(request);

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<byte> reply, TrainerCommand command)
    {
        UnityMessageProto message = Parse(UnityMessageProto.Parser, reply);
        UnityInputProto? input = message.UnityInput;
        if (!TakeKind(command, message.Header?.Status, input?.RlInitializationInput?.Seed, (int?)input?.RlInput?.Command))
        {
            return;
        }

        UnityRLInputProto rl = input!.RlInput;
        if (command.Kind == TrainerCommandKind.Reset)
        {
            score = 0;
        }

        ReadSideChannel(rl.SideChannel.Span, command);
        if (rl.AgentActions.TryGetValue(BehaviorName, out UnityRLInputProto.Types.ListAgentActionProto? actions))
        {
            foreach (AgentActionProto action in actions.Value)
            {
                AddRow(command, action.ContinuousActions.Count > 0 ? action.ContinuousActions : action.VectorActionsDeprecated);
            }
        }
    }

    private static void ReadSideChannel(ReadOnlySpan<byte> bytes, TrainerCommand command)
    {
        var channels = new SideChannelReader(bytes);
        while (channels.TryNext(out Guid channel, out SideChannelPayload payload))
        {
            if (channel == SideChannelIds.EngineConfiguration && payload.Int32() == SideChannelIds.EngineTimeScale)
            {
                command.TimeScale = Math.Max(1, payload.Single());
            }
            else if (channel == SideChannelIds.EnvironmentParameters)
            {
                string key = payload.Text();
                if (payload.Int32() == SideChannelIds.ParameterFloat)
                {
                    command.Parameters[key] = payload.Single();
                }
            }
        }
    }

    private static AgentInfoProto[] NewInfos(PlayerScene scene)
    {
        var made = new AgentInfoProto[scene.AgentCount];
        for (int i = 0; i < made.Length; i++)
        {
            var observation = new ObservationProto
            {
                FloatData = new ObservationProto.Types.FloatData(),
                Name = $"VectorSensor_size{scene.ObservationSize}",
            };
            observation.Shape.Add(scene.ObservationSize);
            observation.DimensionProperties.Add(1);
            made[i] = new AgentInfoProto();
            made[i].Observations.Add(observation);
        }

        return made;
    }

    private static void Set(AgentInfoProto info, int id, float reward, Span<float> observations, int row)
    {
        info.Id = id;
        info.Reward = reward;
        ObservationProto observation = info.Observations[0];
        int size = observation.Shape[0];
        observation.FloatData.Data.Fill(observations.Slice(row * size, size));
    }

    private static UnityMessageProto Message(UnityOutputProto content) =>
        new() { Header = new HeaderProto { Status = HeaderStatus.Ok }, UnityOutput = content };

    private UnityRLInitializationOutputProto Announcement(PlayerScene scene)
    {
        var brain = new BrainParametersProto
        {
            BrainName = BehaviorName,
            IsTraining = true,
            ActionSpec = new ActionSpecProto { NumContinuousActions = scene.ActionSize },
            VectorActionSpaceTypeDeprecated = SpaceTypeProto.Continuous,
        };
        brain.VectorActionSizeDeprecated.Add(scene.ActionSize);
        var announcement = new UnityRLInitializationOutputProto();
        announcement.BrainParameters.Add(brain);
        return announcement;
    }

    /// <summary>All episodes ended together: their mean score goes to the trainer's TensorBoard.</summary>
    private ByteString Score(int agents)
    {
        statistics.Clear();
        statistics.Write(
            new PlayerStatistic($"{options.BehaviorName}/Episode Score", (float)(score / agents), StatisticAggregation.Average));
        score = 0;
        return ByteString.CopyFrom(statistics.Written);
    }
}
