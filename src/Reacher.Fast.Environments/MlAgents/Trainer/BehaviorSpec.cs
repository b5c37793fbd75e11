namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>What a player tells of the one behaviour (API-4: brain) that is trained.</summary>
/// <param name="Name">As the scene names it, e.g. <c>Reacher?team=0</c>.</param>
/// <param name="ObservationSize">Floats in an observation: all uncompressed observations of an agent, one after the other.</param>
/// <param name="ActionSize">Continuous actions of an agent.</param>
internal sealed record BehaviorSpec(string Name, int ObservationSize, int ActionSize);
