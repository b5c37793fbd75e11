using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Cluster.Security;
using Reacher.Fast.Cluster.Stores;
using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>
/// The run's machine: Orleans' one silo, in a process of its own that the supervisor starts again when it dies. Machines that join are its
/// clients and reach it at one port; between themselves they have no connection, so none of them can hold up another.
/// </summary>
internal static class RunServer
{
    // Nothing but weights is longer than a frame.
    private const int Slack = 1 << 16;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1);

    /// <summary>Serves until the run ends.</summary>
    /// <exception cref="InputException">The address cannot be listened at.</exception>
    public static void Serve(ClusterSeat seat, ClusterEndpoint endpoint)
    {
        IPEndPoint address = RequireFree(endpoint);
        ServedRun run = new(seat);
        IHost host = Build(run, endpoint, address);
        if (endpoint.Store is not null && !MakePlace(seat, endpoint))
        {
            return;
        }

        host.Start();
        ProcessSlot self = seat.Self;
        self.Phase = ProcessPhase.Running;
        while (!seat.HasEnded)
        {
            seat.Self.Beat();
            seat.SupervisorGone.WaitHandle.WaitOne(Turn);
        }

        // Whoever still speaks is told why the run ends, which comes with the answer to a report.
        long began = Environment.TickCount64;
        while (!seat.SupervisorGone.IsCancellationRequested && Environment.TickCount64 - began < LongestFarewell.TotalMilliseconds &&
            !run.AllAreTold())
        {
            seat.Self.Beat();
            seat.SupervisorGone.WaitHandle.WaitOne(Turn);
        }

        if (endpoint.Store is null)
        {
            Stop(host, run);
            return;
        }

        // The supervisor waits longer for one that saves, so that a busy machine still takes the run out of the store.
        using SavingScope saving = self.BeginSaving();
        Stop(host, run);
        _ = Try(RunStore.Clear(endpoint));
    }

    /// <summary>The address that an endpoint means.</summary>
    /// <exception cref="InputException">It means none of one machine.</exception>
    public static IPEndPoint AddressOf(ClusterEndpoint endpoint)
    {
        try
        {
            IPAddress host = IPAddress.TryParse(endpoint.Host, out IPAddress? parsed) ? parsed : Dns.GetHostAddresses(endpoint.Host)[0];
            return host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any)
                ? throw new InputException(
                    $"{endpoint} names no machine; give the address by which the others reach this one as --cluster HOST:PORT.")
                : new IPEndPoint(host, endpoint.Port);
        }
        catch (SocketException error)
        {
            throw CannotListen(endpoint, error);
        }
    }

    // A run has one silo, so that whatever its store has of it is of a process that is gone; Orleans would wait until that one counts as dead.
    // The store was there when the run began, so that one which is away now is waited for.
    private static bool MakePlace(ClusterSeat seat, ClusterEndpoint endpoint)
    {
        for (bool said = false; Try(RunStore.MakePlace(endpoint)) is string reason; said = true)
        {
            if (seat.HasEnded)
            {
                return false;
            }

            if (!said)
            {
                OutputLine.WriteWarning($"{reason} Until it can, no machine joins the run.");
            }

            seat.Self.Beat();
            seat.SupervisorGone.WaitHandle.WaitOne(Turn);
        }

        return true;
    }

    private static void Stop(IHost host, ServedRun run)
    {
        using var stop = new CancellationTokenSource(LongestStop);
        host.StopAsync(stop.Token).GetAwaiter().GetResult();
        host.Dispose();
        run.Dispose();
    }

    // Why the store cannot be used; null where it could.
    private static string? Try(Task work)
    {
        try
        {
            work.GetAwaiter().GetResult();
            return null;
        }
        catch (Exception error) when (error is InputException or NobodyThereException)
        {
            return error.Message;
        }
    }

    private static IHost Build(ServedRun run, ClusterEndpoint endpoint, IPEndPoint address)
    {
        ClusterCertificate? certificate = ClusterCertificate.Of(endpoint);
        // The silo's own port is for other silos, of which there are none: nobody but this machine reaches it. A gateway takes what is meant for
        // it by the address that its silo goes by, so that this is the one that machines were told to join.
        var own = new IPEndPoint(IPAddress.Loopback, FreePort());
        var silo = new IPEndPoint(address.Address, own.Port);
        return new HostBuilder()
            .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new NetworkLog(OutputLine.WriteWarning)))
            .UseOrleans(builder =>
            {
                if (endpoint.Store is null)
                {
                    builder.UseDevelopmentClustering(silo);
                }
                else
                {
                    RunStore.Use(builder, endpoint.Store);
                }

                builder.Configure<ClusterOptions>(options => ClusterNames.Set(options, endpoint.Run));
                builder.Configure<EndpointOptions>(options =>
                {
                    (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (silo.Address, silo.Port, address.Port);
                    (options.SiloListeningEndpoint, options.GatewayListeningEndpoint) = (own, address);
                });
                builder.Configure<SiloMessagingOptions>(options =>
                {
                    options.MaxMessageBodySize = Math.Max(RowFrame.LongestBytes(run.Replay.Spec), WeightCopy.LongestPiece) + Slack;
                    options.MaxMessageHeaderSize = Slack;
                });
                builder.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromDays(1));
                builder.Services.AddSingleton(run);
                builder.Services.AddSerializer(serializer => serializer.AddAssembly(typeof(RunServer).Assembly));
                if (certificate is not null)
                {
                    builder.UseTls(certificate.Use);
                }
            })
            .Build();
    }

    private static IPEndPoint RequireFree(ClusterEndpoint endpoint)
    {
        IPEndPoint address = AddressOf(endpoint);
        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
            return address;
        }
        catch (SocketException error)
        {
            throw CannotListen(endpoint, error);
        }
    }

    private static InputException CannotListen(ClusterEndpoint endpoint, SocketException error) => new(
        $"The run cannot listen at {endpoint} ({error.Message.TrimEnd('.')}); give another address of this machine as --cluster HOST:PORT.", error);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
