using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
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
        using ExchangeServer host = ExchangeServer.Start(handler, null, 0);
        using Process client = Python.Start("grpc", Script, "client", $"{host.Port}", $"{largest}", $"{calls}");
        string output = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Is.EqualTo(new[]
        {
            "echo 0: same", "echo 1: same", "echo 4: same", "echo 5: same", "echo 6: same",
            "echo 100000: same", "echo 5000000: same", $"echo {largest}: same",
            "too large: RESOURCE_EXHAUSTED Received message exceeds the maximum configured message size.",
            "wrong path: UNIMPLEMENTED Method is unimplemented.",
            "refused: FAILED_PRECONDITION 100 % too späť",
            "deadline: DEADLINE_EXCEEDED Deadline Exceeded",
            "held: b'while held'",
            "cancelled: True",
            "compressed: UNIMPLEMENTED Unsupported grpc-encoding value 'gzip'. Supported encodings: identity",
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
        int port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        using (ExchangeClient echo = RpcFailure.Client(port, "/test/Echo"))
        using (ExchangeClient hold = RpcFailure.Client(port, "/test/Hold"))
        {
            using var request = new ArrayPoolBufferWriter<byte>();
            foreach (int size in (int[])[0, 1, 4, 5, 6, 100_000, 5_000_000, largest])
            {
                byte[] message = new byte[size];
                new Random(size).NextBytes(message);
                request.Clear();
                request.Write(message);
                using MemoryOwner<byte> reply = await echo.CallAsync(request);
                Assert.That(reply.Span.SequenceEqual(message), $"echo of {size} bytes");
            }

            request.Clear();
            RpcException refused = RpcFailure.Of(port, "/test/Refuse");
            Assert.That((refused.StatusCode, refused.Status.Detail), Is.EqualTo((StatusCode.FailedPrecondition, "100 % too späť")));
            Assert.That(RpcFailure.Of(port, "/test/Nothing").StatusCode, Is.EqualTo(StatusCode.Unimplemented));
            Assert.That(
                RpcFailure.Of(port, "/test/Hold", TimeSpan.FromMilliseconds(200)).StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));
            using var cancel = new CancellationTokenSource();
            Task<MemoryOwner<byte>> held = hold.CallAsync(request, cancellation: cancel.Token);
            await cancel.CancelAsync();
            Assert.That(RpcFailure.Of(held).StatusCode, Is.EqualTo(StatusCode.Cancelled));
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int i = 0; i < calls; i++)
            {
                (await echo.CallAsync(request)).Dispose();
            }

            Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(1 << 20), $"bytes kept by {calls} calls");

            Task<MemoryOwner<byte>> cut = hold.CallAsync(request);
            server.Kill();
            Assert.That(RpcFailure.Of(cut).StatusCode, Is.EqualTo(StatusCode.Unavailable), "the server died");
        }

        await server.WaitForExitAsync();
        Assert.That(server.ExitCode, Is.Not.Zero);
    }
}
