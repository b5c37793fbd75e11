using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.V150;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>A 1.5.0 player that says what a test tells it to and remembers what it was answered.</summary>
internal sealed class ScriptedPlayer(int port) : IDisposable
{
    private readonly ExchangeClient client = new(new Uri($"http://127.0.0.1:{port}"), ProtocolPaths.V150);

    public int Port => port;

    /// <summary>Introduces itself and says that it is ready; the reset is the second reply.</summary>
    public async Task GreetAsync(string version = "1.5.0")
    {
        await ExchangeAsync(new UnityOutputProto
        {
            RlInitializationOutput = new UnityRLInitializationOutputProto { Name = "scripted", CommunicationVersion = version },
        });
        await ExchangeAsync(new UnityOutputProto());
    }

    /// <summary>Sends one message and gives its reply.</summary>
    public async Task<UnityMessageProto> ExchangeAsync(UnityOutputProto output, int status = 200)
    {
        using var request = new ArrayPoolBufferWriter<byte>();
        new UnityMessageProto { Header = new HeaderProto { Status = status }, UnityOutput = output }.WriteTo(request);
        using MemoryOwner<byte> reply = await client.CallAsync(request, TimeSpan.FromSeconds(30));
        return UnityMessageProto.Parser.ParseFrom(reply.Span);
    }

    /// <summary>A behaviour of <paramref name="actions"/> continuous actions.</summary>
    public static UnityRLInitializationOutputProto Announce(string name, int actions = 1, int discrete = 0)
    {
        var announcement = new UnityRLInitializationOutputProto();
        announcement.BrainParameters.Add(new BrainParametersProto
        {
            BrainName = name,
            ActionSpec = new ActionSpecProto { NumContinuousActions = actions, NumDiscreteActions = discrete },
        });
        return announcement;
    }

    /// <summary>An agent that saw one number.</summary>
    public static AgentInfoProto Agent(int id, float saw, float reward = 0, bool done = false, bool interrupted = false)
    {
        AgentInfoProto info = Agent(id, ([1], [saw]));
        (info.Reward, info.Done, info.MaxStepReached) = (reward, done, interrupted);
        return info;
    }

    /// <summary>An agent with a sensor for each of <paramref name="sensors"/>.</summary>
    public static AgentInfoProto Agent(int id, params (int[] Shape, float[] Saw)[] sensors)
    {
        var info = new AgentInfoProto { Id = id };
        foreach ((int[] shape, float[] saw) in sensors)
        {
            var observation = new ObservationProto { FloatData = new ObservationProto.Types.FloatData() };
            observation.Shape.Add(shape);
            observation.FloatData.Data.Add(saw);
            info.Observations.Add(observation);
        }

        return info;
    }

    /// <summary>A message about agents of one behaviour.</summary>
    public static UnityOutputProto Output(string name, params AgentInfoProto[] agents)
    {
        var output = new UnityOutputProto { RlOutput = new UnityRLOutputProto() };
        var list = new UnityRLOutputProto.Types.ListAgentInfoProto();
        list.Value.Add(agents);
        output.RlOutput.AgentInfos.Add(name, list);
        return output;
    }

    public void Dispose() => client.Dispose();
}
