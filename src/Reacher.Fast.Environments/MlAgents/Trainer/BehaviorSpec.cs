using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>What a player tells of the one behaviour (API-4: brain) that is trained.</summary>
/// <param name="Name">As the scene names it, e.g. <c>Reacher?team=0</c>.</param>
/// <param name="Observations">What an agent's sensors give, in the order in which the player sends it.</param>
/// <param name="ActionSize">Continuous actions of an agent.</param>
internal sealed record BehaviorSpec(string Name, ObservationLayout Observations, int ActionSize)
{
    /// <summary>
    /// Largest observation or action size that is believed, since what a player claims is reserved for each row of the replay. An
    /// uncompressed camera picture of 84 x 84 colours has 21,168 floats.
    /// </summary>
    public const int LargestSize = 1 << 16;

    /// <summary>A behaviour with one vector of observations.</summary>
    public BehaviorSpec(string name, int observationSize, int actionSize)
        : this(name, ObservationLayout.OfVector(observationSize), actionSize)
    {
    }

    /// <summary>Floats in an observation.</summary>
    public int ObservationSize { get; } = Observations.Size;
}
