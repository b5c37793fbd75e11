using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>
/// The trainer's end: gRPC's service on Kestrel (HTTP/2 without TLS), whose calls one handler answers. It is a part of another
/// program: it reads no configuration and no environment variables, writes no log and leaves the process's signals alone.
/// </summary>
internal sealed class ExchangeServer : IDisposable
{
    // One player is served, by one call at a time. More than that is for others that are turned away, and for a player that starts anew.
    private const int Connections = 64;
    private const int CallsOfConnection = 4;

    private readonly WebApplication application;

    private ExchangeServer(WebApplication application) => this.application = application;

    /// <summary>The port listened on.</summary>
    public int Port { get; private set; }

    /// <summary>Listens on <paramref name="address"/> (both loopbacks where null) and <paramref name="port"/>.</summary>
    /// <param name="handler">The handler that answers the calls.</param>
    /// <param name="address">Null: 127.0.0.1 and ::1, so that a player that asks for "localhost" finds this server on either.</param>
    /// <param name="port">0: any free one, on 127.0.0.1 only.</param>
    /// <param name="patience">How long a connection may be without a call before it is closed; null: 130 s, as is Kestrel's rule.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static ExchangeServer Start(IExchangeHandler handler, IPAddress? address, int port, TimeSpan? patience = null)
    {
        // The empty builder alone reads no environment variables and no appsettings.json.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = ExchangeMethod.MessageLimit;
            options.MaxSendMessageSize = null;
        });
        // A few compressed bytes can be a message of any size, and no player compresses; the library takes only the last word on this.
        builder.Services.PostConfigure<GrpcServiceOptions>(options => options.CompressionProviders.Clear());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            SetLimits(options);
            options.Limits.KeepAliveTimeout = patience ?? options.Limits.KeepAliveTimeout;
            if (address is null && port != 0)
            {
                options.ListenLocalhost(port, Configure);
            }
            else
            {
                options.Listen(address ?? IPAddress.Loopback, port, Configure);
            }
        });

        var server = new ExchangeServer(builder.Build());
        try
        {
            server.application.Use((context, next) =>
            {
                long? limit = handler.Knows(context.Connection.Id) ? null : ExchangeMethod.IntroductionLimit;
                context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limit;
                return next(context);
            });
            server.application.MapGrpcService(Service(handler));
            server.application.Start();
            server.Port = BindingAddress.Parse(server.application.Urls.First()).Port;
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }

        void Configure(ListenOptions options)
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

    /// <summary>Stops listening and closes every connection; calls still held are cut.</summary>
    public void Dispose()
    {
        try
        {
            // The token says "do not drain".
            application.StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // That the token was obeyed is no news.
        }

        application.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void SetLimits(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = Connections;
        options.Limits.Http2.MaxStreamsPerConnection = CallsOfConnection;
        // A message that was begun must come; a reply may wait for a player that is stopped in a debugger.
        options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        options.Limits.Http2.InitialConnectionWindowSize = 1 << 21;
    }

    private static ServerServiceDefinition Service(IExchangeHandler handler)
    {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.CreateBuilder();
        foreach (string path in handler.Paths)
        {
            service.AddMethod(
                ExchangeMethod.OfServer(path),
                (request, call) => handler.HandleAsync(request, call.GetHttpContext().Connection.Id, call));
        }

        return service.Build();
    }

    /// <summary>The default lifetime would take SIGINT and SIGTERM, which belong to the program that trains.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
