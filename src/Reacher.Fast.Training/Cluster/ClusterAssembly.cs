using Reacher.Fast.Core;
using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Training.Cluster;

/// <summary>The optional assembly <c>Reacher.Fast.Cluster</c>, which brings Orleans.</summary>
internal static class ClusterAssembly
{
    private const string Name = "Reacher.Fast.Cluster";

    /// <summary>Loads it.</summary>
    /// <exception cref="InputException">It is missing, of another version than this program, or cannot be used.</exception>
    public static IClusterBackend Load() => OptionalAssembly.Create<IClusterBackend>(Name, "To train on several machines");
}
