using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Cluster.Protocol;

/// <summary>The version of this program. Machines of one run are of one: what crosses between them has no other promise.</summary>
internal static class ProgramVersion
{
    /// <summary>Without the commit.</summary>
    public static string Ours => OptionalAssembly.OurVersion;

    /// <summary>The sentence for a machine of another version.</summary>
    public static string Refuse(string theirs, string ours) =>
        $"The run is of version {theirs} of this program, and this machine has version {ours}; put the same version on both.";
}
