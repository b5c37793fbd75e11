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

    /// <summary>Adds the flags to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(certificate);
        command.Options.Add(insecure);
    }

    /// <summary>The address with what was given for it.</summary>
    public ClusterEndpoint Read(ParseResult result, string? address) =>
        ClusterEndpoint.Parse(address, result.GetValue(certificate), result.GetValue(insecure));
}
