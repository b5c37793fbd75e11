using System.Data;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using Npgsql;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Stores;

/// <summary>
/// A database of a PostgreSQL server. Orleans' provider works by tables and by the queries that one of them holds; a site that has them from
/// Orleans keeps them as they are, and otherwise the first run makes them.
/// </summary>
internal sealed class PostgreSqlProvider : IStoreProvider
{
    /// <summary>By what number two runs are kept from making the tables at once: any that no other program of the site locks by.</summary>
    public const long Lock = 0x5265_6163_6865_7231;

    // What Orleans calls Npgsql.
    private const string Invariant = "Npgsql";
    private const string Tables = "tables.sql";

    /// <inheritdoc/>
    public void Use(ISiloBuilder builder, ClusterStore store) => builder.UseAdoNetClustering(options =>
    {
        options.Invariant = Invariant;
        options.ConnectionString = ConnectionTo(store);
    });

    /// <inheritdoc/>
    public async Task Prepare(ClusterStore store)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(store));
        await connection.OpenAsync();
        try
        {
            // Two runs may start at once, and whoever waits for the lock must see afterwards what the other has made.
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({Lock})");
            if (!await HasTables(connection))
            {
                await Execute(connection, await ReadScript());
            }

            await transaction.CommitAsync();
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InputException(
                $"The store {store} has no tables of Orleans, and its user may not make them; start a run once as a user who may, or have the " +
                "site's administrator make them.",
                error);
        }
    }

    /// <inheritdoc/>
    // A database without the tables knows of no run, and of a run that it does not know Orleans' provider takes the first row of none.
    public bool MeansUnknown(Exception error) =>
        error is ArgumentOutOfRangeException or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <inheritdoc/>
    public StoreFailure? Explain(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } => StoreFailure.NotLetIn,
        PostgresException refused => new StoreFailure(Reason(refused), !refused.IsTransient),
        NpgsqlException { InnerException: AuthenticationException } => new StoreFailure(
            "it shows no certificate for this name by an authority that this machine trusts", IsLasting: true),
        // The server answers, and Npgsql goes no further by itself.
        NpgsqlException { InnerException: null } => Stopped(error.Message),
        NpgsqlException or TimeoutException or SocketException => StoreFailure.Nobody("PostgreSQL"),
        ArgumentException => new StoreFailure($"its table OrleansQuery is not that of Orleans 10: {QuotedName.FirstReason(error)}", IsLasting: true),
        _ => null,
    };

    private static StoreFailure Stopped(string message) => message switch
    {
        _ when message.StartsWith("No password", StringComparison.Ordinal) => StoreFailure.NotLetIn,
        _ when message.StartsWith("SSL connection requested", StringComparison.Ordinal) => new StoreFailure("it offers no TLS", IsLasting: true),
        _ => new StoreFailure(message.TrimEnd('.'), IsLasting: true),
    };

    // The server's own words may name the user.
    private static string Reason(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.InvalidAuthorizationSpecification => "it does not let this user into this database from here, or only by TLS",
        PostgresErrorCodes.InvalidCatalogName => "it has no such database",
        PostgresErrorCodes.InsufficientPrivilege => "its user may not use the tables of Orleans there",
        _ => error.MessageText,
    };

    private static async Task<bool> HasTables(NpgsqlConnection connection)
    {
        // Of to_regclass, which says the same, a transaction may get an answer from before it waited.
        const string question = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'orleansquery' AND pg_table_is_visible(oid))";
        await using var command = new NpgsqlCommand(question, connection);
        return await command.ExecuteScalarAsync() is true;
    }

    private static async Task Execute(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> ReadScript()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Tables)!);
        return await reader.ReadToEndAsync();
    }

    private static string ConnectionTo(ClusterStore store) => new NpgsqlConnectionStringBuilder
    {
        Host = store.Host,
        Port = store.Port,
        Username = store.User,
        Password = store.Password,
        Database = store.Database,
        SslMode = store.Encryption switch
        {
            StoreEncryption.Verified => SslMode.VerifyFull,
            StoreEncryption.Required => SslMode.Require,
            _ => SslMode.Prefer,
        },
        GssEncryptionMode = GssEncryptionMode.Disable,
        Timeout = (int)IStoreProvider.Patience.TotalSeconds,
        CommandTimeout = (int)IStoreProvider.Patience.TotalSeconds,
        // It is asked once in seconds, and an open connection would not outlive the server.
        Pooling = false,
        ApplicationName = "reacher-fast",
    }.ConnectionString;
}
