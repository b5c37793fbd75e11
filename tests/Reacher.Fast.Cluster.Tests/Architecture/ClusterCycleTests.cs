using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;

namespace Reacher.Fast.Cluster.Tests.Architecture;

/// <summary>As Runner.Tests holds it of the other projects: no folder uses one that uses it.</summary>
public sealed class ClusterCycleTests
{
    [Test]
    public void No_folder_uses_one_that_uses_it() =>
        SliceRuleDefinition.Slices().Matching("Reacher.Fast.Cluster.(**)").Should().BeFreeOfCycles()
            .Check(new ArchLoader().LoadAssemblies(typeof(ClusterBackend).Assembly).Build());
}
