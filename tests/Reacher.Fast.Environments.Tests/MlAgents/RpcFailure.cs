using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>How a call failed.</summary>
internal static class RpcFailure
{
    public static RpcException Of(Task call)
    {
        Assert.That(() => call.Wait(TimeSpan.FromSeconds(60)), Throws.TypeOf<AggregateException>());
        Assert.That(call.Exception?.InnerException, Is.TypeOf<RpcException>());
        return (RpcException)call.Exception!.InnerException!;
    }

    /// <summary>How an empty call to a method of the server on a port of this machine failed.</summary>
    public static RpcException Of(int port, string path, TimeSpan? deadline = null)
    {
        using ExchangeClient client = Client(port, path);
        using var request = new ArrayPoolBufferWriter<byte>();
        return Of(client.CallAsync(request, deadline));
    }

    public static ExchangeClient Client(int port, string path) => new(new Uri($"http://127.0.0.1:{port}"), path);
}
