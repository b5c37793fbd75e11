using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Cluster.Security;
using Reacher.Fast.Cluster.Stores;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Joining;

/// <summary>A connection to a run's machine, as a client of its silo.</summary>
internal sealed class RunClient : IAsyncDisposable
{
    // A machine that is busy answers late, and this one takes its time to begin; what is no run closes the connection at once.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    // Whether anybody listens is answered by the system.
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);
    // A server that refuses a certificate says so after the client's part of the handshake is done.
    private static readonly TimeSpan SecondThoughts = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1);

    private readonly IHost host;
    private readonly CancellationTokenSource lost;

    private RunClient(IHost host, CancellationTokenSource lost) => (this.host, this.lost) = (host, lost);

    /// <summary>Cancelled when the connection is lost, which no call says before it has timed out.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>The run.</summary>
    public IRunGrain Run => Grains.GetGrain<IRunGrain>(0);

    /// <summary>The run's weights.</summary>
    public IWeightGrain Weights => Grains.GetGrain<IWeightGrain>(0);

    private IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>A place in the run.</summary>
    public IMachineGrain Machine(int stream) => Grains.GetGrain<IMachineGrain>(stream);

    /// <summary>Whether an exception says that the run's machine cannot be reached, or not now.</summary>
    public static bool IsUnreachable(Exception error) =>
        IoFailure.Is(error) || error is TimeoutException or OrleansException or SocketException or ObjectDisposedException or
            OperationCanceledException or AggregateException or InvalidOperationException;

    /// <summary>Connects.</summary>
    /// <exception cref="NobodyThereException">Nobody listens there, or nobody answers in time.</exception>
    /// <exception cref="InputException">Somebody else listens there, or does not take this machine's certificate.</exception>
    public static async Task<RunClient> Connect(ClusterEndpoint endpoint, CancellationToken stop)
    {
        ClusterCertificate? certificate = ClusterCertificate.Of(endpoint);
        string? run = endpoint.Run;
        endpoint = endpoint.Store is null ? endpoint : await RunStore.Locate(endpoint, stop);
        IPEndPoint address = await Probe(endpoint, certificate, stop);
        var lost = new CancellationTokenSource();
        IHost host = new HostBuilder()
            .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new NetworkLog(_ => { })))
            .UseOrleansClient(builder =>
            {
                builder.UseStaticClustering(address);
                builder.Configure<ClusterOptions>(options => ClusterNames.Set(options, run));
                builder.AddClusterConnectionLostHandler((_, _) => lost.Cancel());
                builder.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10));
                builder.Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = Patience);
                builder.Services.AddSerializer(serializer => serializer.AddAssembly(typeof(RunClient).Assembly));
                if (certificate is not null)
                {
                    builder.UseTls(certificate.Use);
                }
            })
            .Build();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await host.StartAsync(patience.Token);
            return new RunClient(host, lost);
        }
        catch (Exception error) when (IsUnreachable(error) && !stop.IsCancellationRequested)
        {
            host.Dispose();
            lost.Dispose();
            if (patience.IsCancellationRequested && (certificate is not null || !await SpeaksTls(address, stop)))
            {
                throw NoAnswer(endpoint);
            }

            throw new InputException(
                $"What listens at {endpoint} does not speak as a run of this program does; check the address, and whether the run was given a " +
                $"certificate where this machine {(certificate is null ? "has none" : "has one, or none")}.",
                error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var stop = new CancellationTokenSource(LongestStop);
        try
        {
            await host.StopAsync(stop.Token);
        }
        catch (Exception error) when (IsUnreachable(error))
        {
            // It is gone already.
        }

        host.Dispose();
        lost.Dispose();
    }

    private static NobodyThereException NoAnswer(ClusterEndpoint endpoint) => new(
        $"What listens at {endpoint} has not answered within {Patience.TotalSeconds:F0} s; check the address, and whether the run is alive.");

    // A run that was given a certificate waits in silence for who begins without one.
    private static async Task<bool> SpeaksTls(IPEndPoint address, CancellationToken stop)
    {
        using var socket = new TcpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        bool showsCertificate = false;
        try
        {
            await socket.ConnectAsync(address, patience.Token);
            await using var secure = new SslStream(socket.GetStream());
            await ShakeHands(secure, null, _ => !(showsCertificate = true), patience.Token);
        }
        catch (Exception error) when (!stop.IsCancellationRequested &&
            (IoFailure.Is(error) || error is AuthenticationException or SocketException or OperationCanceledException))
        {
            // What it showed before has been seen.
        }

        return showsCertificate;
    }

    // Orleans says of every failure that no gateway is there; people want to know whether it is the address or the certificate.
    private static async Task<IPEndPoint> Probe(ClusterEndpoint endpoint, ClusterCertificate? certificate, CancellationToken stop)
    {
        using var socket = new TcpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(LongestConnect);
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, patience.Token);
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            string why = error is SocketException ? error.Message.TrimEnd('.') : "no answer";
            throw new NobodyThereException(
                $"No run listens at {endpoint} ({why}); start it there with 'train --cluster HOST:PORT', or check the address.");
        }

        var address = (IPEndPoint)socket.Client.RemoteEndPoint!;
        if (certificate is not null)
        {
            patience.CancelAfter(Patience);
            await ProbeCertificate(endpoint, certificate, socket.GetStream(), patience.Token, stop);
        }

        return address.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(address.Address.MapToIPv4(), address.Port) : address;
    }

    private static Task ShakeHands(
        SslStream stream, ClusterCertificate? certificate, Func<X509Certificate?, bool> isBelieved, CancellationToken stop) =>
        stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = ClusterCertificate.TargetHost,
                ClientCertificates = certificate is null ? null : [certificate.Own],
                RemoteCertificateValidationCallback = (_, shown, _, _) => isBelieved(shown),
            },
            stop);

    private static async Task ProbeCertificate(
        ClusterEndpoint endpoint, ClusterCertificate certificate, NetworkStream stream, CancellationToken patience, CancellationToken stop)
    {
        bool isTheirs = true;
        try
        {
            await using var secure = new SslStream(stream);
            await ShakeHands(secure, certificate, shown => isTheirs = certificate.IsBelieved(shown), patience);
            using var thoughts = CancellationTokenSource.CreateLinkedTokenSource(stop);
            thoughts.CancelAfter(SecondThoughts);
            if (await secure.ReadAsync(new byte[1], thoughts.Token) == 0)
            {
                throw new IOException("it was closed");
            }
        }
        catch (OperationCanceledException) when (!patience.IsCancellationRequested)
        {
            // It waits for this machine to speak: it took the certificate.
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw NoAnswer(endpoint);
        }
        catch (Exception error) when (!stop.IsCancellationRequested && (IoFailure.Is(error) || error is AuthenticationException))
        {
            throw new InputException(
                isTheirs
                    ? $"The run at {endpoint} did not take the certificate '{endpoint.Certificate}', or was started without one; give both the " +
                        "same file."
                    : $"The run at {endpoint} showed another certificate than '{endpoint.Certificate}'; copy the run's file to this machine.",
                error);
        }
    }
}
