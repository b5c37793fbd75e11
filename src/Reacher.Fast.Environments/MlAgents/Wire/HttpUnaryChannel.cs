using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>
/// gRPC's wire over <see cref="HttpClient"/>: an HTTP/2 POST without TLS, one frame each way, the status in the trailers.
/// The reply's memory is used again for every call.
/// </summary>
internal sealed class HttpUnaryChannel : IUnaryChannel
{
    private readonly HttpMessageInvoker http;
    private readonly Uri address;
    private readonly int limit;
    private byte[] received = new byte[4096];

    /// <summary>A channel to one address, e.g. <c>http://127.0.0.1:5005</c>; nothing is connected before the first call.</summary>
    public HttpUnaryChannel(Uri address, int limit = GrpcFrame.DefaultLimit)
    {
        this.address = address;
        this.limit = limit;
        http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                InitialHttp2StreamWindowSize = 1 << 20,
            },
            disposeHandler: true);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlySequence<byte>> CallAsync(
        string path, FrameBuffer request, TimeSpan? deadline, CancellationToken cancellation)
    {
        using CancellationTokenSource? timer =
            deadline is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer?.CancelAfter(deadline!.Value);
        try
        {
            return await ExchangeAsync(path, request, deadline, timer?.Token ?? cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw cancellation.IsCancellationRequested || timer is null
                ? new RpcException(RpcStatus.Cancelled, "The call was cancelled.", e)
                : new RpcException(RpcStatus.DeadlineExceeded, $"No reply within {deadline!.Value.TotalSeconds:0.###} s.", e);
        }
        catch (HttpRequestException e)
        {
            throw new RpcException(RpcStatus.Unavailable, $"No gRPC server answers at {address}: {Innermost(e)}", e);
        }
        catch (IOException e)
        {
            throw new RpcException(RpcStatus.Unavailable, $"The connection to {address} broke: {Innermost(e)}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async ValueTask<ReadOnlySequence<byte>> ExchangeAsync(
        string path, FrameBuffer request, TimeSpan? deadline, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new FrameContent(request.Frame),
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (deadline is not null)
        {
            message.Headers.Add(GrpcHeaders.Timeout, GrpcHeaders.FormatTimeout(deadline.Value));
        }

        using HttpResponseMessage response = await http.SendAsync(message, cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new RpcException(FromHttp(response.StatusCode), $"{address} answered with HTTP status {(int)response.StatusCode}.");
        }

        if (!GrpcHeaders.IsGrpc(response.Content.Headers.ContentType?.MediaType))
        {
            throw new RpcException(RpcStatus.Unknown, $"{address} answered, but not with gRPC.");
        }

        ThrowUnlessOk(response.Headers, absentIsOk: true);
        int count = await ReadBodyAsync(response.Content, cancellation).ConfigureAwait(false);
        var body = new ReadOnlySequence<byte>(received, 0, count);
        FrameState state = GrpcFrame.Read(body, limit, out ReadOnlySequence<byte> reply);
        ThrowUnlessOk(response.TrailingHeaders, absentIsOk: false);
        return state == FrameState.Complete ? reply : throw GrpcFrame.Refusal(state, limit);
    }

    private async ValueTask<int> ReadBodyAsync(HttpContent content, CancellationToken cancellation)
    {
        using Stream stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        int count = 0;
        while (true)
        {
            // The frame announces its length: a larger body is refused before it is stored.
            FrameState state = GrpcFrame.Read(new ReadOnlySequence<byte>(received, 0, count), limit, out _);
            if (state is not (FrameState.Incomplete or FrameState.Complete))
            {
                throw GrpcFrame.Refusal(state, limit);
            }

            if (count == received.Length)
            {
                Array.Resize(ref received, received.Length * 2);
            }

            int read = await stream.ReadAsync(received.AsMemory(count), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return count;
            }

            count += read;
        }
    }

    private static void ThrowUnlessOk(HttpResponseHeaders headers, bool absentIsOk)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeaders.Status, out HeaderStringValues value))
        {
            if (absentIsOk)
            {
                return;
            }

            throw new RpcException(RpcStatus.Unknown, "The reply ended without a gRPC status.");
        }

        if (!int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw new RpcException(RpcStatus.Unknown, $"The reply's gRPC status is '{value}'.");
        }

        if (status != (int)RpcStatus.Ok)
        {
            string text = headers.NonValidated.TryGetValues(GrpcHeaders.Message, out HeaderStringValues m) ? m.ToString() : "";
            throw new RpcException((RpcStatus)status, GrpcHeaders.DecodeMessage(text));
        }
    }

    /// <summary>Translates an HTTP status as gRPC's http-grpc-status-mapping.md prescribes.</summary>
    private static RpcStatus FromHttp(HttpStatusCode code) => (int)code switch
    {
        400 => RpcStatus.Internal,
        401 => RpcStatus.Unauthenticated,
        403 => RpcStatus.PermissionDenied,
        404 => RpcStatus.Unimplemented,
        429 or 502 or 503 or 504 => RpcStatus.Unavailable,
        _ => RpcStatus.Unknown,
    };

    private static string Innermost(Exception e) => e.GetBaseException().Message;

    /// <summary>A frame as a request's body.</summary>
    private sealed class FrameContent : HttpContent
    {
        private static readonly MediaTypeHeaderValue Grpc = new(GrpcHeaders.ContentType);
        private readonly ReadOnlyMemory<byte> frame;

        public FrameContent(ReadOnlyMemory<byte> frame)
        {
            this.frame = frame;
            Headers.ContentType = Grpc;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            stream.WriteAsync(frame, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = frame.Length;
            return true;
        }
    }
}
