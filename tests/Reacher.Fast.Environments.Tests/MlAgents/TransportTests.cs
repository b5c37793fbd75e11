using System.Buffers;
using System.Net;
using System.Net.Sockets;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>The transport's two ends against each other, and against bytes no gRPC peer would send.</summary>
public sealed class TransportTests
{
    private EchoHandler handler = null!;
    private ExchangeServer server = null!;

    [SetUp]
    public void Start()
    {
        handler = new EchoHandler();
        server = ExchangeServer.Start(handler, null, 0);
    }

    [TearDown]
    public void Stop()
    {
        server.Dispose();
        handler.Dispose();
    }

    [Test]
    public async Task Calls_of_both_ends_of_ours_leave_nothing_behind()
    {
        using ExchangeClient client = Client("/test/Echo");
        using var request = new ArrayPoolBufferWriter<byte>();
        request.Write("a message"u8);
        for (int i = 0; i < 1_000; i++)
        {
            (await client.CallAsync(request)).Dispose();
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 10_000; i++)
        {
            using MemoryOwner<byte> reply = await client.CallAsync(request, TimeSpan.FromSeconds(30));
            Assert.That(reply.Length, Is.EqualTo(9));
        }

        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(1 << 20), "bytes kept by 10,000 calls");
        Assert.That(handler.Live, Is.Zero);
    }

    [Test]
    public void A_deadline_ends_the_call_at_both_ends()
    {
        RpcException late = RpcFailure.Of(server.Port, "/test/Hold", TimeSpan.FromMilliseconds(100));
        Assert.That(late.StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));
        handler.WaitEnded();
    }

    [Test]
    public async Task A_cancelled_call_ends_at_both_ends()
    {
        using ExchangeClient client = Client("/test/Hold");
        using var request = new ArrayPoolBufferWriter<byte>();
        using var cancel = new CancellationTokenSource();
        Task<MemoryOwner<byte>> call = client.CallAsync(request, cancellation: cancel.Token);
        handler.WaitHolding();
        await cancel.CancelAsync();
        Assert.That(RpcFailure.Of(call).StatusCode, Is.EqualTo(StatusCode.Cancelled));
        handler.WaitEnded();
    }

    [Test]
    public void A_server_that_stops_ends_the_calls_it_holds_at_once()
    {
        using ExchangeClient client = Client("/test/Hold");
        using var request = new ArrayPoolBufferWriter<byte>();
        Task<MemoryOwner<byte>> call = client.CallAsync(request);
        handler.WaitHolding();
        // A host that drains its calls first gives them 30 s.
        Assert.That(Task.Run(server.Dispose).Wait(TimeSpan.FromSeconds(20)), "the server waited for the call that it holds");
        Assert.That(RpcFailure.Of(call).StatusCode, Is.EqualTo(StatusCode.Unavailable).Or.EqualTo(StatusCode.Cancelled));
        handler.WaitEnded();
    }

    [Test]
    public void Refusals_carry_their_status_and_sentence()
    {
        RpcException refused = RpcFailure.Of(server.Port, "/test/Refuse");
        Assert.That(refused.StatusCode, Is.EqualTo(StatusCode.FailedPrecondition));
        Assert.That(ExchangeClient.Reason(refused), Is.EqualTo("100 % too späť"));
        Assert.That(RpcFailure.Of(server.Port, "/nothing/Here").StatusCode, Is.EqualTo(StatusCode.Unimplemented));
        RpcException nowhere = RpcFailure.Of(1, "/test/Echo");
        Assert.That(nowhere.StatusCode, Is.EqualTo(StatusCode.Unavailable));
        Assert.That(ExchangeClient.Reason(nowhere), Is.EqualTo(new SocketException((int)SocketError.ConnectionRefused).Message));
    }

    [Test]
    public async Task A_client_tries_to_connect_anew_with_each_call()
    {
        int port = server.Port;
        server.Dispose();
        using ExchangeClient client = RpcFailure.Client(port, "/test/Echo");
        using var request = new ArrayPoolBufferWriter<byte>();
        for (int i = 0; i < 3; i++)
        {
            Assert.That(RpcFailure.Of(client.CallAsync(request)).StatusCode, Is.EqualTo(StatusCode.Unavailable));
        }

        server = ExchangeServer.Start(handler, IPAddress.Loopback, port);
        (await client.CallAsync(request)).Dispose();
    }

    [Test]
    public async Task Both_ends_take_messages_of_64_MiB_and_none_that_are_larger()
    {
        using ExchangeClient client = Client("/test/Echo");
        using var request = new ArrayPoolBufferWriter<byte>(ExchangeMethod.MessageLimit + 1);
        request.Advance(ExchangeMethod.MessageLimit);
        using (MemoryOwner<byte> reply = await client.CallAsync(request))
        {
            Assert.That(reply.Length, Is.EqualTo(64 * 1024 * 1024));
        }

        request.Advance(1);
        Assert.That(RpcFailure.Of(client.CallAsync(request)).StatusCode, Is.EqualTo(StatusCode.ResourceExhausted), "of the trainer");
        handler.Excess = 1;
        request.Clear();
        request.Advance(ExchangeMethod.MessageLimit);
        Assert.That(RpcFailure.Of(client.CallAsync(request)).StatusCode, Is.EqualTo(StatusCode.ResourceExhausted), "of the player");
    }

    [Test]
    public void A_second_listener_on_a_port_is_an_error()
    {
        Assert.Throws<IOException>(() => ExchangeServer.Start(handler, IPAddress.Loopback, server.Port).Dispose());
        Assert.Throws<IOException>(() => ExchangeServer.Start(handler, null, server.Port).Dispose());
    }

    /// <summary>Each body is sent raw to a host that must answer with a status, or close, and then serve the next caller.</summary>
    [TestCase("00000000", "13", TestName = "A_frame_cut_in_its_header")]
    [TestCase("000000000561", "13", TestName = "A_frame_cut_in_its_message")]
    [TestCase("0100000001610a", "13", TestName = "A_compressed_frame")]
    [TestCase("070000000161", "2", TestName = "A_frame_with_an_unknown_flag")]
    [TestCase("0004000001", "8", TestName = "A_frame_over_the_limit")]
    [TestCase("00ffffffff61", "2", TestName = "A_frame_of_four_gigabytes")]
    [TestCase("00000000016162", "13", TestName = "Bytes_behind_the_message")]
    [TestCase("", "13", TestName = "No_frame_at_all")]
    public void Bad_frames_get_their_status(string body, string status)
    {
        using var peer = new RawPeer(server.Port);
        peer.Open(stream: 1, "/test/Echo");
        peer.Send(stream: 1, Convert.FromHexString(body), last: true);
        Assert.That(peer.ReadUntil("grpc-status"), Does.Match("grpc-status." + status + "\\D"));
        AssertServes();
    }

    [Test]
    public void A_connection_cut_within_a_message_harms_no_other()
    {
        using (var peer = new RawPeer(server.Port))
        {
            peer.Open(stream: 1, "/test/Echo");
            peer.Send(stream: 1, [0, 0, 0, 1, 0, 1, 2, 3]);
        }

        handler.WaitClosed();
        AssertServes();
    }

    [Test]
    public void Garbage_instead_of_HTTP_is_cut_off()
    {
        var random = new Random(1);
        for (int i = 0; i < 20; i++)
        {
            using var socket = new TcpClient("127.0.0.1", server.Port) { ReceiveTimeout = 30_000 };
            NetworkStream stream = socket.GetStream();
            byte[] garbage = new byte[200];
            random.NextBytes(garbage);
            try
            {
                if (i % 2 == 1)
                {
                    stream.Write(RawPeer.Preface);
                }

                stream.Write(garbage);
                socket.Client.Shutdown(SocketShutdown.Send);
                while (stream.Read(new byte[1000]) > 0)
                {
                }
            }
            catch (IOException)
            {
                // Reset instead of closed: cut off all the same.
            }

            handler.WaitClosed();
        }

        AssertServes();
    }

    /// <summary>A "server" that answers HTTP/2 with these bytes and closes; the client must end with a typed error.</summary>
    [TestCase("", TestName = "A_server_that_closes_at_once")]
    [TestCase("485454502f312e3120323030204f4b0d0a0d0a", TestName = "A_server_that_speaks_HTTP_1")]
    [TestCase("000000040000000000", TestName = "A_server_that_closes_behind_its_settings")]
    [TestCase("00000004000000000000000a00000000000100ffffffffffffff", TestName = "A_server_that_sends_data_nobody_asked_for")]
    public void Bad_servers_become_typed_errors(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = Task.Run(() =>
        {
            using TcpClient peer = listener.AcceptTcpClient();
            _ = peer.GetStream().Read(new byte[1000]);
            peer.GetStream().Write(Convert.FromHexString(answer));
        });
        RpcException error = RpcFailure.Of(((IPEndPoint)listener.LocalEndpoint).Port, "/test/Echo", TimeSpan.FromSeconds(30));
        Assert.That(error.StatusCode, Is.EqualTo(StatusCode.Unavailable).Or.EqualTo(StatusCode.Internal));
        Assert.That(error.Status.DebugException, Is.InstanceOf<HttpRequestException>(), "by which a player knows that it may try again");
        serving.Wait();
    }

    private ExchangeClient Client(string path) => RpcFailure.Client(server.Port, path);

    private void AssertServes()
    {
        using ExchangeClient client = Client("/test/Echo");
        using var request = new ArrayPoolBufferWriter<byte>();
        request.Write("still there"u8);
        Task<MemoryOwner<byte>> call = client.CallAsync(request, TimeSpan.FromSeconds(30));
        Assert.That(call.Wait(TimeSpan.FromSeconds(60)));
        Assert.That(call.Result.Length, Is.EqualTo(11));
        Assert.That(handler.Live, Is.Zero);
    }
}
