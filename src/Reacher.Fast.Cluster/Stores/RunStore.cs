using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Stores;

/// <summary>What a site's store knows of runs, by Orleans' own providers: where the one silo of each is.</summary>
internal static class RunStore
{
    private static readonly TimeSpan SignsOfLife = TimeSpan.FromSeconds(5);
    // Whose last sign of life is older than this is gone, and nobody's any more.
    private static readonly TimeSpan LongestSilence = 3 * SignsOfLife;

    /// <summary>Has a silo register in the store.</summary>
    public static void Use(ISiloBuilder builder, ClusterStore store)
    {
        ProviderOf(store).Use(builder, store);
        builder.Configure<ClusterMembershipOptions>(options => options.IAmAliveTablePublishTimeout = SignsOfLife);
    }

    /// <summary>Makes sure that a run may be registered at an address, and that the store has what it needs for that.</summary>
    /// <exception cref="InputException">The store cannot be used, or has the run at another address.</exception>
    public static async Task RequireFree(ClusterEndpoint endpoint, IPEndPoint address)
    {
        try
        {
            await Prepare(endpoint.Store!);
            MembershipEntry? other = (await Silos(endpoint)).FirstOrDefault(
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
        MembershipEntry silo = (await Silos(endpoint).WaitAsync(stop)).MaxBy(silo => silo.IAmAliveTime) ??
            throw new NobodyThereException(
                $"The store {endpoint.Store} has no run '{endpoint.Run}'; start it with 'train --run-id {endpoint.Run} --cluster HOST:PORT " +
                "--cluster-store', or check its id.");
        IPEndPoint gateway = Gateway(silo);
        ClusterEndpoint found = endpoint with { Host = gateway.Address.ToString(), Port = gateway.Port };
        found.RequireSecurity();
        return found;
    }

    /// <summary>Makes a place for the run's silo: what the store needs is there, and what it still has of a silo that was killed is not.</summary>
    /// <exception cref="NobodyThereException">The store is away.</exception>
    /// <exception cref="InputException">The store cannot be used.</exception>
    public static async Task MakePlace(ClusterEndpoint endpoint)
    {
        await Prepare(endpoint.Store!);
        await Clear(endpoint);
    }

    /// <summary>Takes the run out of the store.</summary>
    /// <exception cref="NobodyThereException">The store is away.</exception>
    /// <exception cref="InputException">The store cannot be used.</exception>
    public static Task Clear(ClusterEndpoint endpoint) => Ask(endpoint, async table =>
    {
        await table.DeleteMembershipTableEntriesAsync(ClusterNames.Of(endpoint.Run));
        return true;
    });

    private static async Task<IReadOnlyList<MembershipEntry>> Silos(ClusterEndpoint endpoint) => await Ask(endpoint, async table =>
    {
        MembershipTableData data = await table.ReadAllAsync();
        return data.Members.Select(member => member.Item1).Where(silo => silo.Status == SiloStatus.Active && silo.ProxyPort > 0).ToArray();
    }) ?? [];

    private static IPEndPoint Gateway(MembershipEntry silo) => new(silo.SiloAddress.Endpoint.Address, silo.ProxyPort);

    private static async Task Prepare(ClusterStore store) => _ = await Explained(store, async provider =>
    {
        await provider.Prepare(store);
        return true;
    });

    // Only asks: a table that is not there is not made, and then the answer is the default one.
    private static Task<T?> Ask<T>(ClusterEndpoint endpoint, Func<IMembershipTable, Task<T>> question)
    {
        ClusterStore store = endpoint.Store!;
        return Explained(store, async provider =>
        {
            var builder = new Builder();
            provider.Use(builder, store);
            builder.Configure<ClusterOptions>(options => ClusterNames.Set(options, endpoint.Run));
            await using ServiceProvider services = builder.Services.BuildServiceProvider();
            try
            {
                IMembershipTable table = services.GetRequiredService<IMembershipTable>();
                await table.InitializeMembershipTableAsync(tryInitTableVersion: false);
                return await question(table);
            }
            catch (Exception error) when (provider.MeansUnknown(error))
            {
                return default;
            }
        });
    }

    private static async Task<T> Explained<T>(ClusterStore store, Func<IStoreProvider, Task<T>> work)
    {
        IStoreProvider provider = ProviderOf(store);
        try
        {
            return await work(provider);
        }
        catch (Exception error) when (provider.Explain(error) is StoreFailure failure)
        {
            string sentence = $"The store {store} cannot be used ({failure.Reason}); check its address, and whether it runs.";
            throw failure.IsLasting ? new InputException(sentence, error) : new NobodyThereException(sentence);
        }
    }

    private static IStoreProvider ProviderOf(ClusterStore store) => store.Kind switch
    {
        StoreKind.PostgreSql => new PostgreSqlProvider(),
        _ => new RedisProvider(),
    };

    // What Orleans' provider needs of a silo, where there is none.
    private sealed class Builder : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection().AddOptions().AddLogging();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
