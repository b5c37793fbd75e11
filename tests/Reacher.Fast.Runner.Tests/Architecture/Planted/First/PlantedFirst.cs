using Reacher.Fast.Runner.Tests.Architecture.Planted.Second;

namespace Reacher.Fast.Runner.Tests.Architecture.Planted.First;

/// <summary>One half of a circle of two namespaces that <see cref="CycleTests"/> must see.</summary>
internal sealed class PlantedFirst
{
    public PlantedSecond? Other { get; set; }
}
