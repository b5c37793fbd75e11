using System.Buffers;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Three methods: one gives the message back, one holds it until the caller gives up, one refuses.</summary>
internal sealed class EchoHandler : IExchangeHandler, IDisposable
{
    private readonly SemaphoreSlim ended = new(0);
    private readonly SemaphoreSlim holding = new(0);
    private readonly SemaphoreSlim closed = new(0);
    private int live;

    /// <summary>Whether all peers are known.</summary>
    public bool KnowsAll { get; set; } = true;

    /// <summary>Bytes by which an echo is longer than what is echoed.</summary>
    public int Excess { get; set; }

    /// <summary>Calls that are being handled.</summary>
    public int Live => Volatile.Read(ref live);

    public IReadOnlyList<string> Paths => ["/test/Echo", "/test/Hold", "/test/Refuse"];

    public bool Knows(string connection) => KnowsAll;

    public async Task<ArrayPoolBufferWriter<byte>> HandleAsync(MemoryOwner<byte> request, string connection, ServerCallContext call)
    {
        Interlocked.Increment(ref live);
        try
        {
            switch (call.Method)
            {
                case "/test/Echo":
                    var reply = new ArrayPoolBufferWriter<byte>();
                    reply.Write(request.Span);
                    reply.Write(new byte[Excess]);
                    request.Dispose();
                    return reply;
                case "/test/Hold":
                    holding.Release();
                    try
                    {
                        await Task.Delay(Timeout.Infinite, call.CancellationToken);
                    }
                    finally
                    {
                        ended.Release();
                    }

                    throw new InvalidOperationException();
                default:
                    throw new RpcException(new Status(StatusCode.FailedPrecondition, "100 % too späť"));
            }
        }
        finally
        {
            Interlocked.Decrement(ref live);
        }
    }

    public void ConnectionClosed(string connection)
    {
        try
        {
            closed.Release();
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>Waits until a call is held.</summary>
    public void WaitHolding() => Assert.That(holding.Wait(TimeSpan.FromSeconds(30)), "no call was held");

    /// <summary>Waits until a held call has ended on this side.</summary>
    public void WaitEnded() => Assert.That(ended.Wait(TimeSpan.FromSeconds(30)), "the held call did not end");

    /// <summary>Waits until a connection has closed.</summary>
    public void WaitClosed() => Assert.That(closed.Wait(TimeSpan.FromSeconds(30)), "the connection did not close");

    public void Dispose()
    {
        ended.Dispose();
        holding.Dispose();
        closed.Dispose();
    }
}
