using System.Net;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Grpc.Net.Client;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>The player's end: calls one method of a server without TLS, one call at a time.</summary>
internal sealed class ExchangeClient : IDisposable
{
    private readonly Method<ArrayPoolBufferWriter<byte>, MemoryOwner<byte>> method;
    private readonly GrpcChannel channel;
    private readonly CallInvoker calls;

    /// <param name="address">The server's, e.g. <c>http://127.0.0.1:5005</c>; nothing is connected before the first call.</param>
    /// <param name="path">Service and method, e.g. <c>/communicator_objects.UnityToExternalProto/Exchange</c>.</param>
    public ExchangeClient(Uri address, string path)
    {
        method = ExchangeMethod.OfClient(path);
        channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            // Given an HttpClient, the channel leaves connecting to it, so that each call tries anew. Given its handler, the channel
            // would connect by itself, with pauses that grow to two minutes while no trainer listens.
            HttpClient = Http(),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = ExchangeMethod.MessageLimit,
            MaxSendMessageSize = null,
        });
        calls = channel.CreateCallInvoker();
    }

    /// <summary>Sends <paramref name="request"/> and waits for the reply.</summary>
    /// <param name="request">The message to send; must not be changed before the call has ended.</param>
    /// <param name="deadline">After this long the call ends with <see cref="StatusCode.DeadlineExceeded"/>; null: never.</param>
    /// <param name="cancellation">Ends the call with <see cref="StatusCode.Cancelled"/>.</param>
    /// <returns>The reply, in pooled memory, which the caller gives back.</returns>
    /// <exception cref="RpcException">The call ended with any status but OK; <see cref="Reason"/> says why.</exception>
    public async Task<MemoryOwner<byte>> CallAsync(
        ArrayPoolBufferWriter<byte> request, TimeSpan? deadline = null, CancellationToken cancellation = default)
    {
        var options = new CallOptions(deadline: DateTime.UtcNow + deadline, cancellationToken: cancellation);
        using AsyncUnaryCall<MemoryOwner<byte>> call = calls.AsyncUnaryCall(method, host: null, options, request);
        return await call.ResponseAsync.ConfigureAwait(false);
    }

    /// <summary>
    /// Why a call failed, in the server's sentence or, where the connection failed, in that of the first cause: the library's own
    /// text repeats all that it went through.
    /// </summary>
    public static string Reason(RpcException error) => error.Status.DebugException?.GetBaseException().Message ?? error.Status.Detail;

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();

    private static HttpClient Http() => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 1 << 20,
        })
    {
        // A trainer may think about a reply for as long as it likes.
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
