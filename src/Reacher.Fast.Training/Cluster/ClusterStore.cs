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

    private const int DefaultPort = 6379;
    private const string Form = "redis://HOST:PORT, redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS";

    private readonly string address;

    private ClusterStore(string address) => this.address = address;

    /// <summary>A name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>A TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Whether it is spoken to by TLS.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Who asks; null for its default user.</summary>
    public string? User { get; init; }

    /// <summary>The password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>The number of the database in it.</summary>
    public int Database { get; init; }

    /// <summary>Reads an address.</summary>
    /// <param name="text">What the user gave; null for what <see cref="Variable"/> says.</param>
    /// <exception cref="InputException">It is no address, or one of a store that cannot be used.</exception>
    public static ClusterStore Parse(string? text)
    {
        string given = text ?? Environment.GetEnvironmentVariable(Variable) ??
            throw new InputException($"--cluster-store has no address, and {Variable} is not set; give one of them {Form}.");
        Environment.SetEnvironmentVariable(Variable, null);
        if (!Uri.TryCreate(given, UriKind.Absolute, out Uri? uri))
        {
            throw NoAddress();
        }

        if (uri.Scheme is "postgres" or "postgresql")
        {
            throw new InputException($"--cluster-store takes no PostgreSQL, whose tables Orleans does not make by itself; give {Form}.");
        }

        string path = uri.AbsolutePath.Trim('/');
        int database = 0;
        if (uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0 ||
            (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database)))
        {
            throw NoAddress();
        }

        string[] user = [.. uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        return new ClusterStore(given)
        {
            Host = uri.IdnHost,
            Port = uri.Port < 0 ? DefaultPort : uri.Port,
            IsSecure = uri.Scheme == "rediss",
            User = user[0].Length == 0 ? null : user[0],
            Password = user.Length < 2 || user[1].Length == 0 ? null : user[1],
            Database = database,
        };

        // What was given is not repeated: there may be a password in it.
        static InputException NoAddress() => new($"--cluster-store is no address of a store; give {Form}.");
    }

    /// <summary>The variables by which a process is told of it that this one starts.</summary>
    public IReadOnlyDictionary<string, string> ForProcess => new Dictionary<string, string> { [Variable] = address };

    /// <summary>The address without what is secret in it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsSecure ? "rediss" : "redis")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
