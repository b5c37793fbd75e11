using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Cluster;
using StackExchange.Redis;

namespace Reacher.Fast.Cluster.Stores;

/// <summary>What a site's store knows of runs, by Orleans' own provider: where the one silo of each is.</summary>
internal static class RunStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SignsOfLife = TimeSpan.FromSeconds(5);
    // Whose last sign of life is older than this is gone, and nobody's any more.
    private static readonly TimeSpan LongestSilence = 3 * SignsOfLife;

    /// <summary>Has a silo register in the store.</summary>
    public static void Use(ISiloBuilder builder, ClusterStore store)
    {
        builder.UseRedisClustering(options => options.ConfigurationOptions = OptionsOf(store));
        builder.Configure<ClusterMembershipOptions>(options => options.IAmAliveTablePublishTimeout = SignsOfLife);
    }

    /// <summary>Makes sure that a run may be registered at an address.</summary>
    /// <exception cref="InputException">The store cannot be used, or has the run at another address.</exception>
    public static async Task RequireFree(ClusterEndpoint endpoint, IPEndPoint address)
    {
        try
        {
            MembershipEntry? other = (await Ask(endpoint, Silos)).FirstOrDefault(
                silo => !Gateway(silo).Equals(address) && DateTime.UtcNow - silo.IAmAliveTime < LongestSilence);
            if (other is not null)
            {
                throw new InputException(
                    $"The store {endpoint.Store} has the run '{endpoint.Run}' at {Gateway(other)} already; end it there, or give this one another " +
                    "--run-id.");
            }
        }
        catch (NobodyThereException error)
        {
            throw new InputException(error.Message, error);
        }
    }

    /// <summary>Where the run is at the moment, as an address.</summary>
    /// <exception cref="NobodyThereException">The store has no such run, or is away.</exception>
    /// <exception cref="InputException">The store cannot be used, or the run is beyond this machine and nobody is known by a certificate.</exception>
    public static async Task<ClusterEndpoint> Locate(ClusterEndpoint endpoint, CancellationToken stop)
    {
        MembershipEntry silo = (await Ask(endpoint, Silos).WaitAsync(stop)).MaxBy(silo => silo.IAmAliveTime) ??
            throw new NobodyThereException(
                $"The store {endpoint.Store} has no run '{endpoint.Run}'; start it with 'train --run-id {endpoint.Run} --cluster HOST:PORT " +
                "--cluster-store', or check its id.");
        IPEndPoint gateway = Gateway(silo);
        ClusterEndpoint found = endpoint with { Host = gateway.Address.ToString(), Port = gateway.Port };
        found.RequireSecurity();
        return found;
    }

    /// <summary>Takes the run out of the store.</summary>
    /// <exception cref="NobodyThereException">The store is away.</exception>
    /// <exception cref="InputException">The store cannot be used.</exception>
    public static Task Clear(ClusterEndpoint endpoint) => Ask(endpoint, async table =>
    {
        await table.DeleteMembershipTableEntriesAsync(ClusterNames.Of(endpoint.Run));
        return true;
    });

    private static async Task<IReadOnlyList<MembershipEntry>> Silos(IMembershipTable table)
    {
        try
        {
            MembershipTableData data = await table.ReadAllAsync();
            return [.. data.Members.Select(member => member.Item1).Where(silo => silo.Status == SiloStatus.Active && silo.ProxyPort > 0)];
        }
        catch (RedisClusteringException)
        {
            // There is no table of this name.
            return [];
        }
    }

    private static IPEndPoint Gateway(MembershipEntry silo) => new(silo.SiloAddress.Endpoint.Address, silo.ProxyPort);

    // Only asks: a table that is not there is not made.
    private static async Task<T> Ask<T>(ClusterEndpoint endpoint, Func<IMembershipTable, Task<T>> question)
    {
        ClusterStore store = endpoint.Store!;
        var provider = new Provider();
        provider.UseRedisClustering(options => options.ConfigurationOptions = OptionsOf(store));
        provider.Configure<ClusterOptions>(options => ClusterNames.Set(options, endpoint.Run));
        await using ServiceProvider services = provider.Services.BuildServiceProvider();
        try
        {
            IMembershipTable table = services.GetRequiredService<IMembershipTable>();
            await table.InitializeMembershipTableAsync(tryInitTableVersion: false);
            return await question(table);
        }
        catch (Exception error) when (error is RedisException or RedisClusteringException or TimeoutException or SocketException)
        {
            string sentence = $"The store {store} cannot be used ({Reason(error)}); check its address, and whether it runs.";
            throw error is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
                ? new InputException(sentence, error)
                : new NobodyThereException(sentence);
        }
    }

    private static string Reason(Exception error) => error switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "it takes neither this user nor this password",
        RedisConnectionException or TimeoutException or SocketException => "nobody answers there as Redis does",
        _ => QuotedName.FirstReason(error),
    };

    private static ConfigurationOptions OptionsOf(ClusterStore store) => new()
    {
        EndPoints = { { store.Host, store.Port } },
        User = store.User,
        Password = store.Password,
        DefaultDatabase = store.Database,
        Ssl = store.IsSecure,
        SslHost = store.IsSecure ? store.Host : null,
        AbortOnConnectFail = true,
        ConnectRetry = 1,
        ConnectTimeout = (int)Patience.TotalMilliseconds,
        ClientName = "reacher-fast",
    };

    // What Orleans' provider needs of a silo, where there is none.
    private sealed class Provider : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection().AddOptions().AddLogging();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
