using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.Api4;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>
/// ML-Agents v0.4 as its players speak it. A done agent carries its next episode's first observation: the true last one never
/// leaves the player (docs/regressions.md, G).
/// </summary>
internal sealed class Api4PlayerDialect(PlayerOptions options) : PlayerDialect
{
    private const string AcademyName = "Academy";
    private readonly UnityMessage output = new()
    {
        Header = new Header { Status = HeaderStatus.Ok },
        UnityOutput = new UnityOutput { RlOutput = new UnityRLOutput() },
    };

    private UnityRLOutput.Types.ListAgentInfoProto? infos;

    /// <inheritdoc/>
    public override string BehaviorName => options.BehaviorName + "Brain";

    /// <inheritdoc/>
    public override string Path => ProtocolPaths.Api4;

    /// <inheritdoc/>
    public override void WriteHello(ArrayPoolBufferWriter<byte> request, PlayerScene scene)
    {
        var brain = new BrainParametersProto
        {
            BrainName = BehaviorName,
            BrainType = BrainTypeProto.External,
            VectorObservationSize = scene.ObservationSize,
            NumStackedVectorObservations = 1,
            VectorObservationSpaceType = SpaceTypeProto.Continuous,
            VectorActionSize = scene.ActionSize,
            VectorActionSpaceType = SpaceTypeProto.Continuous,
        };
        brain.VectorActionDescriptions.Add(Enumerable.Repeat("", scene.ActionSize));
        var hello = new UnityRLInitializationOutput
        {
            Name = AcademyName,
            Version = ProtocolPaths.Api4Version,
            EnvironmentParameters = new EnvironmentParametersProto(),
        };
        hello.BrainParameters.Add(brain);
        hello.EnvironmentParameters.FloatParameters.Add(options.EnvironmentParameters.ToDictionary(p => p.Key, p => p.Value));
        Message(new UnityOutput { RlInitializationOutput = hello }).WriteAlone(request);
    }

    /// <inheritdoc/>
    public override void WriteReady(ArrayPoolBufferWriter<byte> request) => Message(new UnityOutput()).WriteAlone(request);

    /// <inheritdoc/>
    public override void WriteOutput(ArrayPoolBufferWriter<byte> request, PlayerScene scene)
    {
        if (infos is null)
        {
            infos = new UnityRLOutput.Types.ListAgentInfoProto();
            infos.Value.Add(Enumerable.Range(0, scene.AgentCount).Select(i => new AgentInfoProto { Id = i }));
            output.UnityOutput.RlOutput.AgentInfos.Add(BehaviorName, infos);
        }

        VectorStep step = scene.LastStep.View;
        for (int i = 0; i < scene.AgentCount; i++)
        {
            AgentInfoProto info = infos.Value[i];
            info.StackedVectorObservation.Fill(step.Observations.Slice(i * scene.ObservationSize, scene.ObservationSize));
            info.StoredVectorActions.Fill(scene.Actions.Slice(i * scene.ActionSize, scene.ActionSize));
            info.Reward = step.Rewards[i];
            info.Done = step.Terminated[i] || step.Truncated[i];
            info.MaxStepReached = step.Truncated[i];
        }

        output.WriteAlone(request);
    }

    /// <inheritdoc/>
    public override void WriteClosing(ArrayPoolBufferWriter<byte> request) =>
        new UnityMessage { Header = new Header { Status = HeaderStatus.Close } }.WriteAlone(request);

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<byte> reply, TrainerCommand command)
    {
        UnityMessage message = Parse(UnityMessage.Parser, reply);
        UnityInput? input = message.UnityInput;
        if (!TakeKind(command, message.Header?.Status, input?.RlInitializationInput?.Seed, (int?)input?.RlInput?.Command))
        {
            return;
        }

        UnityRLInput rl = input!.RlInput;
        // v0.4's two configurations: 100-fold for training, real time for watching.
        command.TimeScale = rl.IsTraining ? 100 : 1;
        if (rl.EnvironmentParameters is { } parameters)
        {
            foreach ((string key, float value) in parameters.FloatParameters)
            {
                command.Parameters[key] = value;
            }
        }

        if (rl.AgentActions.TryGetValue(BehaviorName, out UnityRLInput.Types.ListAgentActionProto? actions))
        {
            foreach (AgentActionProto action in actions.Value)
            {
                AddRow(command, action.VectorActions);
            }
        }
    }

    private static UnityMessage Message(UnityOutput content) =>
        new() { Header = new Header { Status = HeaderStatus.Ok }, UnityOutput = content };
}
