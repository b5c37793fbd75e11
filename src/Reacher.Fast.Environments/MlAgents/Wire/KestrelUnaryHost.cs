using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>
/// gRPC's wire on a bare Kestrel (HTTP/2 without TLS): no middleware, no dependency injection, no routing; one handler
/// answers. A request is handled where its bytes lie, in the connection's own pipe, and the reply leaves as one write.
/// </summary>
internal sealed class KestrelUnaryHost : IHttpApplication<IFeatureCollection>, IDisposable
{
    private readonly KestrelServer server;
    private readonly SocketTransportOptions transport = new();
    private readonly IUnaryHandler handler;
    private readonly int limit;

    private KestrelUnaryHost(IUnaryHandler handler, int limit)
    {
        this.handler = handler;
        this.limit = limit;
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        options.Limits.Http2.InitialConnectionWindowSize = 1 << 21;
        server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    /// <summary>The port listened on.</summary>
    public int Port { get; private set; }

    /// <summary>Listens on <paramref name="address"/> (both loopbacks where null) and <paramref name="port"/>.</summary>
    /// <param name="handler">The handler that answers the calls.</param>
    /// <param name="address">Null: 127.0.0.1 and ::1, so that a player that asks for "localhost" finds this server on either.</param>
    /// <param name="port">0: any free one, on 127.0.0.1 only.</param>
    /// <param name="limit">The largest message accepted, in bytes.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static KestrelUnaryHost Start(
        IUnaryHandler handler, IPAddress? address, int port, int limit = GrpcFrame.DefaultLimit)
    {
        var host = new KestrelUnaryHost(handler, limit);
        try
        {
            KestrelServerOptions options = host.server.Options;
            if (address is null && port != 0)
            {
                options.ListenLocalhost(port, host.Configure);
            }
            else
            {
                options.Listen(address ?? IPAddress.Loopback, port, host.Configure);
            }

            host.server.StartAsync(host, CancellationToken.None).GetAwaiter().GetResult();
            string bound = host.server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
            host.Port = BindingAddress.Parse(bound).Port;
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening and closes every connection; calls still held are cut.</summary>
    public void Dispose()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        try
        {
            server.StopAsync(now.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The token says "do not drain"; that it was obeyed is no news.
        }

        server.Dispose();
    }

    /// <inheritdoc/>
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    /// <inheritdoc/>
    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        IHttpRequestFeature request = context.Get<IHttpRequestFeature>()!;
        IHttpResponseFeature response = context.Get<IHttpResponseFeature>()!;
        if (!HttpMethods.IsPost(request.Method) || !GrpcHeaders.IsGrpc(request.Headers.ContentType))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        response.Headers.ContentType = GrpcHeaders.ContentType;
        CancellationToken aborted = context.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;
        TimeSpan? deadline = GrpcHeaders.ParseTimeout(request.Headers[GrpcHeaders.Timeout]);
        using CancellationTokenSource? timer = deadline is null ? null : CancellationTokenSource.CreateLinkedTokenSource(aborted);
        timer?.CancelAfter(deadline!.Value);
        try
        {
            FrameBuffer reply = await AnswerAsync(context, request.Path, timer?.Token ?? aborted).ConfigureAwait(false);
            context.Get<IHttpResponseTrailersFeature>()!.Trailers[GrpcHeaders.Status] = "0";
            context.Get<IHttpResponseBodyFeature>()!.Writer.Write(reply.Frame.Span);
        }
        catch (RpcException e)
        {
            Fail(response.Headers, e.Status, e.Message);
        }
        catch (OperationCanceledException)
        {
            Fail(response.Headers, aborted.IsCancellationRequested ? RpcStatus.Cancelled : RpcStatus.DeadlineExceeded, "The call ended.");
        }
    }

    private async ValueTask<FrameBuffer> AnswerAsync(IFeatureCollection context, string path, CancellationToken ended)
    {
        if (!handler.Answers(path))
        {
            throw new RpcException(RpcStatus.Unimplemented, $"No service answers at '{path}'.");
        }

        PipeReader body = context.Get<IRequestBodyPipeFeature>()!.Reader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await body.ReadAsync(ended).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new RpcException(RpcStatus.Cancelled, "The connection broke within the request.", e);
            }

            FrameState state = GrpcFrame.Read(read.Buffer, limit, out ReadOnlySequence<byte> message);
            if (state is not (FrameState.Incomplete or FrameState.Complete) || (read.IsCompleted && state == FrameState.Incomplete))
            {
                body.AdvanceTo(read.Buffer.End);
                throw GrpcFrame.Refusal(state, limit);
            }

            if (read.IsCompleted)
            {
                string connection = context.Get<IHttpConnectionFeature>()!.ConnectionId;
                FrameBuffer reply = await handler.HandleAsync(new UnaryCall(path, connection, message, ended)).ConfigureAwait(false);
                body.AdvanceTo(read.Buffer.End);
                return reply;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>A reply without a message carries its status in the headers (gRPC's "Trailers-Only").</summary>
    private static void Fail(IHeaderDictionary headers, RpcStatus status, string message)
    {
        headers[GrpcHeaders.Status] = ((int)status).ToString(CultureInfo.InvariantCulture);
        headers[GrpcHeaders.Message] = GrpcHeaders.EncodeMessage(message);
    }

    private void Configure(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http2;
        options.Use(next => async connection =>
        {
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                handler.ConnectionClosed(connection.ConnectionId);
            }
        });
    }
}
