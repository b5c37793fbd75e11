using Orleans.Configuration;

namespace Reacher.Fast.Cluster.Protocol;

/// <summary>What Orleans calls the cluster of a run; it is the same for every run, because an address is one run's.</summary>
internal static class ClusterNames
{
    /// <summary>Sets the names.</summary>
    public static void Set(ClusterOptions options) => (options.ClusterId, options.ServiceId) = ("reacher-fast", "reacher-fast");
}
