using System.Buffers;
using System.Net;
using System.Net.Sockets;
using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.Api4;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Whoever on this machine finds the port: what they get, what they may hold, and that the trainer goes on waiting.</summary>
public sealed class StrangerTests
{
    private EchoHandler handler = null!;
    private ExchangeServer server = null!;

    [SetUp]
    public void Start()
    {
        handler = new EchoHandler { KnowsAll = false };
        server = ExchangeServer.Start(handler, IPAddress.Loopback, 0, patience: TimeSpan.FromSeconds(1));
    }

    [TearDown]
    public void Stop()
    {
        server.Dispose();
        handler.Dispose();
    }

    [TestCase("/nothing/Here", "application/grpc", "12")]
    [TestCase("/test/Nothing", "application/grpc", "12")]
    [TestCase("/test/Echo", "text/plain", "13")]
    public void A_call_to_nothing_is_refused_at_its_headers(string path, string contentType, string status)
    {
        using var peer = new RawPeer(server.Port);
        peer.Open(stream: 1, path, contentType);
        Assert.That(peer.ReadUntil("grpc-status"), Does.Match("grpc-status." + status + "\\D"));
    }

    [Test]
    public void A_peer_that_has_not_introduced_itself_cannot_send_a_large_message()
    {
        using var peer = new RawPeer(server.Port);
        peer.Open(stream: 1, "/test/Echo");
        peer.Send(stream: 1, [0, 3, 0, 0, 0]);
        byte[] part = new byte[16 * 1024];
        for (int sent = 0; sent <= ExchangeMethod.IntroductionLimit; sent += part.Length)
        {
            peer.Send(stream: 1, part);
        }

        Assert.That(peer.ReadUntil("grpc-status"), Does.Match("grpc-status.2\\D"), "of 48 MiB, which were announced, the rest is not waited for");
        handler.KnowsAll = true;
        using ExchangeClient known = RpcFailure.Client(server.Port, "/test/Echo");
        using var large = new ArrayPoolBufferWriter<byte>();
        large.Write(new byte[ExchangeMethod.IntroductionLimit + 1]);
        Assert.That(known.CallAsync(large).Result.Length, Is.EqualTo(large.WrittenCount));
    }

    [Test]
    public void A_message_that_does_not_come_to_its_end_is_given_up()
    {
        using var peer = new RawPeer(server.Port);
        peer.Open(stream: 1, "/test/Echo");
        peer.Send(stream: 1, [0, 0, 0, 1, 0, 1, 2, 3]);
        peer.ReadToEnd();
        handler.WaitClosed();
    }

    [Test]
    public void A_connection_without_a_call_is_closed_when_the_patience_is_over()
    {
        using var peer = new RawPeer(server.Port);
        peer.ReadToEnd();
        handler.WaitClosed();
    }

    [Test]
    public void A_connection_has_four_calls_at_most()
    {
        using var peer = new RawPeer(server.Port);
        for (int call = 0; call < 5; call++)
        {
            peer.Open(stream: 1 + (2 * call), "/test/Hold");
        }

        const int refusedStream = 7;
        (int stream, byte[] error) = peer.ReadFrame(RawPeer.ResetFrame);
        Assert.That((stream, error), Is.EqualTo((9, new byte[] { 0, 0, 0, refusedStream })));
    }

    [Test]
    public void A_port_has_64_connections_at_most()
    {
        List<RawPeer> peers = [];
        using ExchangeServer patient = ExchangeServer.Start(handler, IPAddress.Loopback, 0);
        try
        {
            // The first ones are given their connection before the last one asks for it: they are answered.
            for (int i = 0; i < 64; i++)
            {
                var peer = new RawPeer(patient.Port);
                peers.Add(peer);
                peer.ReadFrame(RawPeer.SettingsFrame);
            }

            Assert.That(AskForOneMore, Throws.InstanceOf<IOException>());
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }

        void AskForOneMore()
        {
            using var refused = new RawPeer(patient.Port);
            refused.ReadFrame(RawPeer.SettingsFrame);
        }
    }

    [Test]
    public async Task A_trainer_waits_past_whoever_is_no_player()
    {
        List<RpcException> turnedAway = [];
        Task player = Task.CompletedTask;
        using MlAgentsEnvironment trainer = MlAgentsEnvironment.Launch(new MlAgentsOptions
        {
            BasePort = 0,
            Listening = port => player = Task.Run(async () =>
            {
                foreach (byte[] bytes in (byte[][])[[], [0xFF], [0x0A, 0x03, 0x08, 0x90, 0x03]])
                {
                    using ExchangeClient stranger = RpcFailure.Client(port, ProtocolPaths.V150);
                    using var message = new ArrayPoolBufferWriter<byte>();
                    message.Write(bytes);
                    turnedAway.Add(RpcFailure.Of(stranger.CallAsync(message)));
                }

                turnedAway.Add(RpcFailure.Of(port, "/nothing/Here"));
                using var browser = new TcpClient("127.0.0.1", port);
                browser.GetStream().Write("GET / HTTP/1.1\r\n\r\n"u8);
                using var scripted = new ScriptedPlayer(port);
                await scripted.GreetAsync();
                var first = ScriptedPlayer.Output("Walker", ScriptedPlayer.Agent(1, 10));
                first.RlInitializationOutput = ScriptedPlayer.Announce("Walker");
                await scripted.ExchangeAsync(first);
            }),
        });
        Assert.That(trainer.BehaviorName, Is.EqualTo("Walker"));
        Assert.That(
            turnedAway.Select(e => e.StatusCode),
            Is.EqualTo(new[] { StatusCode.InvalidArgument, StatusCode.InvalidArgument, StatusCode.InvalidArgument, StatusCode.Unimplemented }));
        trainer.Dispose();
        await player;
    }

    [Test]
    public void What_was_turned_away_is_told_where_no_player_comes() => Assert.That(
        () => MlAgentsEnvironment.Launch(new MlAgentsOptions
        {
            BasePort = 0,
            Timeout = TimeSpan.FromMilliseconds(50),
            Listening = port => RpcFailure.Of(port, ProtocolPaths.V150),
        }),
        Throws.TypeOf<PlayerLostException>().With.Message.EqualTo(
            "No player connected within 0.1 s; what called was turned away: The player closed (status 0)."));

    [Test]
    public void Sizes_beyond_reason_are_refused_with_their_numbers()
    {
        var brain = new BrainParametersProto
        {
            BrainName = "Eye",
            BrainType = BrainTypeProto.External,
            VectorObservationSize = 1 << 20,
            VectorActionSize = 4,
            VectorActionSpaceType = SpaceTypeProto.Continuous,
        };
        var hello = new UnityRLInitializationOutput { Version = ProtocolPaths.Api4Version };
        hello.BrainParameters.Add(brain);
        byte[] message = new UnityMessage
        {
            Header = new Header { Status = HeaderStatus.Ok },
            UnityOutput = new UnityOutput { RlInitializationOutput = hello },
        }.ToByteArray();
        Assert.That(
            () => TrainerDialect.ForPath(ProtocolPaths.Api4).ReadHello(message),
            Throws.TypeOf<InputException>().With.Message.EqualTo(
                "Brain 'Eye' declares 1048576 observations and 4 actions; both must be between 1 and 65536."));
    }
}
