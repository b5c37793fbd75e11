using Orleans.Configuration;

namespace Reacher.Fast.Cluster.Protocol;

/// <summary>What Orleans calls the cluster of a run: an address is one run's, and in a store each has its id.</summary>
internal static class ClusterNames
{
    private const string Program = "reacher-fast";

    /// <summary>The name of the cluster of a run that a store knows by its id; null for one that is found by its address.</summary>
    public static string Of(string? run) => run is null ? Program : $"{Program}-{run}";

    /// <summary>Sets the names.</summary>
    public static void Set(ClusterOptions options, string? run) => (options.ClusterId, options.ServiceId) = (Of(run), Program);
}
