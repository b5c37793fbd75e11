using System.CommandLine;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Commands;

/// <summary>The flags by which machines know each other, the same wherever an address is given.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> certificate = new("--cluster-certificate")
    {
        Description = "The file with the certificate that all machines of the run show each other; 'cluster certificate FILE' makes one.",
        HelpName = "file",
    };

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = "Beyond this machine without a certificate: whoever reaches the port can read the plan and write rows.",
    };

    private readonly Option<string?> store = new("--cluster-store")
    {
        Description = "A Redis or PostgreSQL server that knows where runs are (redis://HOST:PORT, postgresql://USER@HOST/DATABASE): the run " +
            "registers there, and others find it by its id instead of an address; without a value, that of " +
            $"{ClusterStore.Variable}, where a password is seen by nobody else.",
        HelpName = "address",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Adds the flags to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(certificate);
        command.Options.Add(insecure);
        command.Options.Add(store);
    }

    /// <summary>The address at which a run is to listen, with what was given for it.</summary>
    public ClusterEndpoint Read(ParseResult result, string? address) =>
        ClusterEndpoint.Parse(address, result.GetValue(certificate), result.GetValue(insecure)) with { Store = Store(result) };

    /// <summary>Where a run is to be found: at its address, or by its id in the store.</summary>
    public ClusterEndpoint Find(ParseResult result, string? run) => Store(result) is ClusterStore known
        ? ClusterEndpoint.InStore(known, run, result.GetValue(certificate), result.GetValue(insecure))
        : ClusterEndpoint.Parse(run, result.GetValue(certificate), result.GetValue(insecure));

    private ClusterStore? Store(ParseResult result) => result.GetResult(store) is null ? null : ClusterStore.Parse(result.GetValue(store));
}
