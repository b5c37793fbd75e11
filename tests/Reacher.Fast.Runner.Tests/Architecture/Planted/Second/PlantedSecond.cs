using Reacher.Fast.Runner.Tests.Architecture.Planted.First;

namespace Reacher.Fast.Runner.Tests.Architecture.Planted.Second;

/// <summary>The other half.</summary>
internal sealed class PlantedSecond
{
    public PlantedFirst? Other { get; set; }
}
