using System.Buffers;
using System.Diagnostics;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>The transport against Python's grpcio, at either end.</summary>
public sealed class GrpcioTests
{
    private const string Script = "MlAgents/Peers/grpcio_peer.py";
    private const string Run = "dotnet test tests/Reacher.Fast.Environments.Tests --filter Category=Stress";

    [TestCase(20_000_000, 500)]
    [TestCase(60_000_000, 10_000, Category = "Stress", Explicit = true, Reason = Run)]
    public void A_grpcio_client_gets_what_gRPC_promises(int largest, int calls)
    {
        using var handler = new EchoHandler();
        using KestrelUnaryHost host = KestrelUnaryHost.Start(handler, null, 0);
        using Process client = Python.Start("grpc", Script, "client", $"{host.Port}", $"{largest}", $"{calls}");
        string output = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Is.EqualTo(new[]
        {
            "echo 0: same", "echo 1: same", "echo 4: same", "echo 5: same", "echo 6: same",
            "echo 100000: same", "echo 5000000: same", $"echo {largest}: same",
            "too large: RESOURCE_EXHAUSTED The message is larger than the limit of 67108864 bytes.",
            "wrong path: UNIMPLEMENTED No service answers at '/test/Nothing'.",
            "refused: FAILED_PRECONDITION 100 % too späť",
            "deadline: DEADLINE_EXCEEDED Deadline Exceeded",
            "held: b'while held'",
            "cancelled: True",
            "compressed: UNIMPLEMENTED The message is compressed; send it with grpc-encoding identity.",
            $"{calls} calls: done",
            "end",
        }));
        handler.WaitEnded();
        handler.WaitEnded();
        handler.WaitClosed();
        Assert.That(handler.Live, Is.Zero);
    }

    [TestCase(20_000_000, 500)]
    [TestCase(60_000_000, 10_000, Category = "Stress", Explicit = true, Reason = Run)]
    public async Task A_grpcio_server_is_understood(int largest, int calls)
    {
        using Process server = Python.Start("grpc", Script, "server");
        string port = (await server.StandardOutput.ReadLineAsync())!;
        using (var channel = new HttpUnaryChannel(new Uri($"http://127.0.0.1:{port}")))
        {
            var request = new FrameBuffer();
            foreach (int size in (int[])[0, 1, 4, 5, 6, 100_000, 5_000_000, largest])
            {
                byte[] message = new byte[size];
                new Random(size).NextBytes(message);
                request.Clear();
                request.Write(message);
                ReadOnlySequence<byte> reply = await channel.CallAsync("/test/Echo", request, null, default);
                Assert.That(reply.ToArray().AsSpan().SequenceEqual(message), $"echo of {size} bytes");
            }

            request.Clear();
            RpcException refused = RpcFailure.Of(channel, "/test/Refuse");
            Assert.That((refused.Status, refused.Message), Is.EqualTo((RpcStatus.FailedPrecondition, "100 % too späť")));
            Assert.That(RpcFailure.Of(channel, "/test/Nothing").Status, Is.EqualTo(RpcStatus.Unimplemented));
            Assert.That(
                RpcFailure.Of(channel, "/test/Hold", TimeSpan.FromMilliseconds(200)).Status, Is.EqualTo(RpcStatus.DeadlineExceeded));
            using var cancel = new CancellationTokenSource();
            ValueTask<ReadOnlySequence<byte>> held = channel.CallAsync("/test/Hold", request, null, cancel.Token);
            await cancel.CancelAsync();
            Assert.That(RpcFailure.Of(held).Status, Is.EqualTo(RpcStatus.Cancelled));
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int i = 0; i < calls; i++)
            {
                await channel.CallAsync("/test/Echo", request, null, default);
            }

            Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(1 << 20), $"bytes kept by {calls} calls");

            ValueTask<ReadOnlySequence<byte>> cut = channel.CallAsync("/test/Hold", request, null, default);
            server.Kill();
            Assert.That(RpcFailure.Of(cut).Status, Is.EqualTo(RpcStatus.Unavailable), "the server died");
        }

        await server.WaitForExitAsync();
        Assert.That(server.ExitCode, Is.Not.Zero);
    }
}
