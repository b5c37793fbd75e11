using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.Api4;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>ML-Agents v0.4 as its trainers spoke it (udacity/deep-reinforcement-learning, python/unityagents/environment.py).</summary>
internal sealed class Api4TrainerDialect : TrainerDialect
{
    private readonly UnityMessage step = new() { Header = new Header { Status = HeaderStatus.Ok } };
    private UnityRLInput.Types.ListAgentActionProto? stepActions;

    /// <inheritdoc/>
    protected override IMessage Closing => new UnityMessage { Header = new Header { Status = HeaderStatus.Close } };

    /// <inheritdoc/>
    public override bool DoneBringsNextEpisode => true;

    /// <inheritdoc/>
    public override string ReadHello(ReadOnlySpan<byte> message)
    {
        UnityMessage parsed = ParseOpen(message);
        UnityRLInitializationOutput hello = parsed.UnityOutput?.RlInitializationOutput ??
            throw NotIntroduced();
        if (hello.Version != ProtocolPaths.Api4Version)
        {
            throw new InputException(
                $"The player speaks version '{hello.Version}' of the old protocol; only '{ProtocolPaths.Api4Version}' (ML-Agents v0.4) " +
                "is understood: build the scene with v0.4 or with a 1.x package.");
        }

        BrainParametersProto[] external = [.. hello.BrainParameters.Where(b => b.BrainType == BrainTypeProto.External)];
        if (external.Length == 0)
        {
            throw new InputException("The player has no external brain; set the brain's type to External in the scene.");
        }

        if (external.Length > 1)
        {
            throw Several(external.Select(b => b.BrainName));
        }

        Behavior = Spec(external[0]);
        stepActions = new UnityRLInput.Types.ListAgentActionProto();
        step.UnityInput = new UnityInput { RlInput = new UnityRLInput { Command = CommandProto.Step, IsTraining = true } };
        step.UnityInput.RlInput.AgentActions.Add(Behavior.Name, stepActions);
        return $"{hello.Name}, {hello.Version}";
    }

    /// <inheritdoc/>
    public override void WriteWelcome(ArrayPoolBufferWriter<byte> reply, MlAgentsOptions options, int seed) =>
        Write(reply, new UnityInput { RlInitializationInput = new UnityRLInitializationInput { Seed = seed } });

    /// <inheritdoc/>
    public override void WriteReset(ArrayPoolBufferWriter<byte> reply, MlAgentsOptions options)
    {
        var parameters = new EnvironmentParametersProto();
        foreach ((string key, EnvironmentParameter parameter) in options.EnvironmentParameters)
        {
            parameters.FloatParameters.Add(key, parameter is EnvironmentParameter.Constant constant
                ? constant.Value
                : throw new InputException(
                    $"Environment parameter '{key}' is a sampler, which an API-4 player cannot take; give a constant."));
        }

        Write(reply, new UnityInput
        {
            RlInput = new UnityRLInput { Command = CommandProto.Reset, IsTraining = true, EnvironmentParameters = parameters },
        });
    }

    /// <inheritdoc/>
    public override void WriteStep(ArrayPoolBufferWriter<byte> reply, ReadOnlySpan<int> slots, ReadOnlySpan<float> actions)
    {
        int size = Behavior!.ActionSize;
        Resize(stepActions!.Value, slots.Length);
        for (int i = 0; i < slots.Length; i++)
        {
            stepActions.Value[i].VectorActions.Fill(ActionsOf(slots[i], actions, size));
        }

        step.WriteAlone(reply);
    }

    /// <inheritdoc/>
    public override void Parse(ReadOnlySpan<byte> message, PlayerReport report)
    {
        UnityMessage parsed = ParseOpen(message);
        UnityRLOutput? output = parsed.UnityOutput?.RlOutput;
        if (output is null)
        {
            return;
        }

        report.GlobalDone = output.GlobalDone;
        foreach ((string name, UnityRLOutput.Types.ListAgentInfoProto infos) in output.AgentInfos)
        {
            if (infos.Value.Count == 0)
            {
                continue;
            }

            if (name != Behavior!.Name)
            {
                throw Several([Behavior.Name, name]);
            }

            foreach (AgentInfoProto info in infos.Value)
            {
                if (info.StackedVectorObservation.Count != Behavior.ObservationSize)
                {
                    throw new InputException(
                        $"Agent {info.Id} of brain '{name}' sent {info.StackedVectorObservation.Count} observations where its brain " +
                        $"declares {Behavior.ObservationSize}; correct the brain's vector observation size in the scene.");
                }

                Span<float> observation = report.Add(info.Id, info.Reward, info.Done, info.MaxStepReached, Behavior.ObservationSize);
                info.StackedVectorObservation.CopyInto(observation);
            }
        }
    }

    private static BehaviorSpec Spec(BrainParametersProto brain)
    {
        if (brain.VectorActionSpaceType != SpaceTypeProto.Continuous)
        {
            throw NotContinuous(brain.BrainName);
        }

        if (brain.CameraResolutions.Count > 0)
        {
            throw NotVector(brain.BrainName, $"{brain.CameraResolutions.Count} cameras");
        }

        long observations = (long)brain.VectorObservationSize * Math.Max(1, brain.NumStackedVectorObservations);
        if (observations is < 1 or > BehaviorSpec.LargestSize ||
            brain.VectorActionSize is < 1 or > BehaviorSpec.LargestSize)
        {
            throw new InputException(
                $"Brain '{brain.BrainName}' declares {observations} observations and {brain.VectorActionSize} actions; both must be " +
                $"between 1 and {BehaviorSpec.LargestSize}.");
        }

        return new BehaviorSpec(brain.BrainName, (int)observations, brain.VectorActionSize);
    }

    private static UnityMessage ParseOpen(ReadOnlySpan<byte> message) =>
        ParseOpen(UnityMessage.Parser, message, static parsed => parsed.Header?.Status);

    private static void Write(ArrayPoolBufferWriter<byte> reply, UnityInput input) =>
        new UnityMessage { Header = new Header { Status = HeaderStatus.Ok }, UnityInput = input }.WriteAlone(reply);
}
