using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Cluster;

/// <summary>Where a run's machine listens for others, and what they show each other.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">A TCP port.</param>
/// <param name="Certificate">The file with the certificate and key that every machine of the run has; null for none.</param>
internal sealed record ClusterEndpoint(string Host, int Port, string? Certificate)
{
    /// <summary>The port where none is named.</summary>
    public const int DefaultPort = 7710;

    private const string LoopbackHost = "127.0.0.1";
    private const int LargestFile = 1 << 16;

    /// <summary>The id by which a run is found in <see cref="Store"/>; null where it is found by its address.</summary>
    public string? Run { get; init; }

    /// <summary>Whether the user lets anybody in who reaches the port.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>What knows where the run is; null where it is found by its address. In no file: there may be a password in it.</summary>
    [JsonIgnore]
    public ClusterStore? Store { get; init; }

    /// <summary>Whether nobody but programs on this machine can reach it.</summary>
    [JsonIgnore]
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Reads <c>HOST:PORT</c>, <c>HOST</c> or nothing, which is this machine alone.</summary>
    /// <param name="text">What the user gave.</param>
    /// <param name="certificate">The certificate's file, if one was given.</param>
    /// <param name="insecure">Whether the user lets anybody in who reaches the port.</param>
    /// <exception cref="InputException">It is no address, or one beyond this machine without a certificate.</exception>
    public static ClusterEndpoint Parse(string? text, string? certificate, bool insecure)
    {
        (string host, int port) = Split(text ?? "");
        ClusterEndpoint endpoint = Secured(host, port, certificate, insecure);
        endpoint.RequireSecurity();
        return endpoint;
    }

    /// <summary>Where a run is that a store knows by its id.</summary>
    /// <exception cref="InputException">The certificate is not there, or there is no id.</exception>
    public static ClusterEndpoint InStore(ClusterStore store, string? run, string? certificate, bool insecure) =>
        string.IsNullOrEmpty(run)
            ? throw new InputException("With --cluster-store a run is found by its id; name it.")
            : Secured("", 0, certificate, insecure) with { Store = store, Run = run };

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static ClusterEndpoint Load(string path) => ClusterFile.Load<ClusterEndpoint>(path, LargestFile);

    /// <summary>The same, after it was read from a file, with the store that this process was given by its environment.</summary>
    /// <exception cref="InputException">It was given none.</exception>
    public ClusterEndpoint WithStore() => Run is null ? this : this with { Store = ClusterStore.Parse(null) };

    /// <summary>Beyond this machine, machines know each other, unless the user lets anybody in.</summary>
    /// <exception cref="InputException">They do not.</exception>
    public void RequireSecurity()
    {
        if (!IsLoopback && Certificate is null && !IsInsecure)
        {
            throw new InputException(
                $"{this} is beyond this machine, where machines know each other by a certificate: make one with 'reacher-fast cluster " +
                "certificate FILE', copy it to every machine of the run, and give it as --cluster-certificate FILE; or let in whoever reaches " +
                "the port with --insecure.");
        }
    }

    /// <summary>Keeps it for the process that listens.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public void Save(string path) => ClusterFile.Save(path, this);

    /// <inheritdoc/>
    public override string ToString() => Store is not null && Host.Length == 0
        ? $"'{Run}' in {Store}"
        : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static ClusterEndpoint Secured(string host, int port, string? certificate, bool insecure) =>
        certificate is null || File.Exists(certificate)
            ? new ClusterEndpoint(host, port, certificate is null ? null : Path.GetFullPath(certificate)) { IsInsecure = insecure }
            : throw new InputException($"There is no certificate '{certificate}'; make one with 'reacher-fast cluster certificate {certificate}'.");

    private static (string Host, int Port) Split(string text)
    {
        // An IPv6 address has colons of its own and stands in brackets where a port follows.
        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && !text.AsSpan(colon).Contains(']') && (text.IndexOf(':') == colon || text[0] == '[');
        string host = (hasPort ? text[..colon] : text).Trim('[', ']');
        int port = DefaultPort;
        bool isPort = !hasPort ||
            (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65_536);
        bool isHost = host.Length == 0 || Uri.CheckHostName(host) != UriHostNameType.Unknown;
        return isPort && isHost
            ? (host.Length == 0 ? LoopbackHost : host, port)
            : throw new InputException($"'{text}' is no address; write HOST:PORT, such as 10.0.0.5:{DefaultPort}.");
    }
}

/// <summary>Small files that tell the processes of one machine what they need to know of the others.</summary>
internal static class ClusterFile
{
    /// <summary>Writes one, all of it or nothing.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Save<T>(string path, T value)
    {
        try
        {
            AtomicFile.WriteText(path, JsonSerializer.Serialize(value, JsonStyle.Indented));
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"'{path}' cannot be written: {AtomicFile.Reason(error)}; make that possible and try again.", error);
        }
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static T Load<T>(string path, int largest)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(BoundedFile.ReadText(path, largest), JsonStyle.Indented)
                ?? throw new InputException($"'{path}' holds nothing; start again.");
        }
        catch (Exception error) when (IoFailure.Is(error) || error is JsonException)
        {
            throw new InputException($"'{path}' cannot be read ({error.Message}); start again.", error);
        }
    }
}
