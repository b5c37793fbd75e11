using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;

namespace Reacher.Fast.Torch.Tests.Architecture;

/// <summary>As Runner.Tests holds it of the other projects: no folder uses one that uses it.</summary>
public sealed class TorchCycleTests
{
    [Test]
    public void No_folder_uses_one_that_uses_it() =>
        SliceRuleDefinition.Slices().Matching("Reacher.Fast.Torch.(**)").Should().BeFreeOfCycles()
            .Check(new ArchLoader().LoadAssemblies(typeof(TorchBackend).Assembly).Build());
}
