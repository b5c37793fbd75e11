using System.Net;
using System.Net.Sockets;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Players that are there before their trainer.</summary>
public sealed class WaitingPlayerTests
{
    private static readonly ArmOptions Arms = new() { ArmCount = 1 };

    /// <summary>Something else has the port, answers with these bytes and closes; then it goes, and the trainer comes.</summary>
    [TestCase("", TestName = "A_player_waits_past_a_server_that_closes")]
    [TestCase("485454502f312e3120323030204f4b0d0a0d0a", TestName = "A_player_waits_past_a_server_that_speaks_HTTP_1")]
    [TestCase("000000040000000000", TestName = "A_player_waits_past_a_server_that_closes_behind_its_settings")]
    public async Task A_player_waits_past_what_is_no_trainer(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var told = new SemaphoreSlim(0);
        Task<PlayerSummary> player = MlAgentsPlayer.RunAsync(Arms, new PlayerOptions { Port = port, Log = _ => told.Release() });
        using (TcpClient peer = await listener.AcceptTcpClientAsync())
        {
            _ = await peer.GetStream().ReadAsync(new byte[1000]);
            await peer.GetStream().WriteAsync(Convert.FromHexString(answer));
        }

        listener.Stop();
        Assert.That(await Task.WhenAny(player, told.WaitAsync(TimeSpan.FromSeconds(30))), Is.Not.SameAs(player), "it gave up");
        MlAgentsEnvironment.Launch(new MlAgentsOptions { BasePort = port }).Dispose();
        Assert.That((await player).EndedBy, Is.EqualTo("the trainer closed"));
    }

    [Test]
    public void A_missing_trainer_is_told_in_a_sentence()
    {
        var options = new PlayerOptions { Port = 1, Timeout = TimeSpan.FromMilliseconds(50) };
        Assert.That(
            () => MlAgentsPlayer.RunAsync(Arms, options).Wait(),
            Throws.InnerException.TypeOf<InputException>().And.InnerException.Message.EqualTo(
                "No trainer listens at 127.0.0.1:1 after 0.1 s; start the trainer, or correct the port."));
    }

    [TestCase("/nothing/Here", "ended the handshake (Unimplemented: Service is unimplemented.).")]
    [TestCase(ProtocolPaths.V150, "the trainer left (Lunch.)")]
    public async Task A_trainer_that_refuses_is_told_in_its_sentence(string path, string sentence)
    {
        using ExchangeServer server = ExchangeServer.Start(new Deserter(path), null, 0);
        var options = new PlayerOptions { Port = server.Port };
        string said;
        try
        {
            said = (await MlAgentsPlayer.RunAsync(Arms, options)).EndedBy;
        }
        catch (InputException e)
        {
            said = e.Message;
        }

        Assert.That(said, Does.EndWith(sentence));
    }

    /// <summary>A trainer that welcomes its player, resets it and leaves.</summary>
    private sealed class Deserter(string path) : IExchangeHandler
    {
        private readonly TrainerDialect dialect = TrainerDialect.ForPath(path);
        private int calls;

        public IReadOnlyList<string> Paths => [path];

        public bool Knows(string connection) => true;

        public Task<ArrayPoolBufferWriter<byte>> HandleAsync(MemoryOwner<byte> request, string connection, ServerCallContext call)
        {
            request.Dispose();
            var reply = new ArrayPoolBufferWriter<byte>();
            switch (calls++)
            {
                case 0:
                    dialect.WriteWelcome(reply, new MlAgentsOptions(), seed: 1);
                    return Task.FromResult(reply);
                case 1:
                    dialect.WriteReset(reply, new MlAgentsOptions());
                    return Task.FromResult(reply);
                default:
                    throw new RpcException(new Status(StatusCode.Aborted, "Lunch."));
            }
        }

        public void ConnectionClosed(string connection)
        {
        }
    }
}
