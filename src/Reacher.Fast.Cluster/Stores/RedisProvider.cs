using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Cluster;
using StackExchange.Redis;

namespace Reacher.Fast.Cluster.Stores;

/// <summary>A Redis server: each run has a key of its own, which Orleans' provider makes.</summary>
internal sealed class RedisProvider : IStoreProvider
{
    /// <inheritdoc/>
    public void Use(ISiloBuilder builder, ClusterStore store) =>
        builder.UseRedisClustering(options => options.ConfigurationOptions = OptionsOf(store));

    /// <inheritdoc/>
    public Task Prepare(ClusterStore store) => Task.CompletedTask;

    /// <inheritdoc/>
    public bool MeansUnknown(Exception error) => error is RedisClusteringException;

    /// <inheritdoc/>
    public StoreFailure? Explain(Exception error) => error switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => StoreFailure.NotLetIn,
        RedisConnectionException or TimeoutException or SocketException => StoreFailure.Nobody("Redis"),
        RedisException => new StoreFailure(QuotedName.FirstReason(error), IsLasting: false),
        _ => null,
    };

    private static ConfigurationOptions OptionsOf(ClusterStore store)
    {
        bool isSecure = store.Encryption != StoreEncryption.None;
        return new ConfigurationOptions
        {
            EndPoints = { { store.Host, store.Port } },
            User = store.User,
            Password = store.Password,
            DefaultDatabase = store.Database is null ? 0 : int.Parse(store.Database, CultureInfo.InvariantCulture),
            Ssl = isSecure,
            SslHost = isSecure ? store.Host : null,
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = (int)IStoreProvider.Patience.TotalMilliseconds,
            ClientName = "reacher-fast",
        };
    }
}
