using System.Globalization;
using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Cluster;

/// <summary>
/// A server of a site, which knows where its runs are: the run's machine registers there, and others find it by the run's id. Its address may
/// hold a password, which is in no text that is shown and in no file.
/// </summary>
internal sealed record ClusterStore
{
    /// <summary>
    /// The variable that has the address for those who do not want it to be seen among a process's arguments, and for the process
    /// <c>cluster</c>. Whoever reads it takes it out, so that no other program that a run starts has it, such as a player.
    /// </summary>
    public const string Variable = "REACHER_FAST_CLUSTER_STORE";

    private const string Form =
        "redis://HOST:PORT, redis://USER:PASSWORD@HOST:PORT/DATABASE, rediss:// for TLS, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE, " +
        "with ?sslmode=require or ?sslmode=verify-full for TLS";

    private readonly string address;

    private ClusterStore(string address) => this.address = address;

    /// <summary>What it is.</summary>
    public required StoreKind Kind { get; init; }

    /// <summary>A name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>A TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Whether it is spoken to by TLS, and who it must prove to be.</summary>
    public required StoreEncryption Encryption { get; init; }

    /// <summary>Who asks; null for its default user.</summary>
    public string? User { get; init; }

    /// <summary>The password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>The database in it, which is a number in Redis; null for its default.</summary>
    public string? Database { get; init; }

    /// <summary>Reads an address.</summary>
    /// <param name="text">What the user gave; null for what <see cref="Variable"/> says.</param>
    /// <exception cref="InputException">It is no address, or one of a store that cannot be used.</exception>
    public static ClusterStore Parse(string? text)
    {
        string given = text ?? Environment.GetEnvironmentVariable(Variable) ??
            throw new InputException($"--cluster-store has no address, and {Variable} is not set; give one of them {Form}.");
        Environment.SetEnvironmentVariable(Variable, null);
        if (!Uri.TryCreate(given, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.Fragment.Length > 0)
        {
            throw NoAddress();
        }

        (StoreKind kind, int defaultPort, StoreEncryption encryption) = (uri.Scheme, uri.Query) switch
        {
            ("redis", "") => (StoreKind.Redis, 6379, StoreEncryption.None),
            ("rediss", "") => (StoreKind.Redis, 6379, StoreEncryption.Verified),
            ("postgresql" or "postgres", var query) => (StoreKind.PostgreSql, 5432, EncryptionOf(query)),
            _ => throw NoAddress(),
        };
        string database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        if (kind == StoreKind.Redis && database.Length > 0 && !int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw NoAddress();
        }

        string[] user = [.. uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        return new ClusterStore(given)
        {
            Kind = kind,
            Host = uri.IdnHost,
            Port = uri.Port < 0 ? defaultPort : uri.Port,
            Encryption = encryption,
            User = user[0].Length == 0 ? null : user[0],
            Password = user.Length < 2 || user[1].Length == 0 ? null : user[1],
            Database = database.Length == 0 ? null : database,
        };

        // What was given is not repeated: there may be a password in it.
        static InputException NoAddress() => new($"--cluster-store is no address of a store; give {Form}.");
    }

    /// <summary>The variables by which a process is told of it that this one starts.</summary>
    public IReadOnlyDictionary<string, string> ForProcess => new Dictionary<string, string> { [Variable] = address };

    /// <summary>The address without what is secret in it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    private string Scheme => (Kind, Encryption) switch
    {
        (StoreKind.PostgreSql, _) => "postgresql",
        (_, StoreEncryption.None) => "redis",
        _ => "rediss",
    };

    // As PostgreSQL's own programs mean it.
    private static StoreEncryption EncryptionOf(string query) => query switch
    {
        "" => StoreEncryption.IfOffered,
        "?sslmode=require" => StoreEncryption.Required,
        "?sslmode=verify-full" => StoreEncryption.Verified,
        _ => throw new InputException(
            "--cluster-store has something behind its '?' that is not known there; give ?sslmode=require for TLS, ?sslmode=verify-full to have " +
            "the server's certificate checked as well, or nothing."),
    };
}
