namespace Reacher.Fast.Core.Environments;

/// <summary>The arrays behind a <see cref="VectorStep"/>, allocated once by whoever drives an environment.</summary>
public sealed class StepBuffer
{
    private readonly float[] observations;
    private readonly float[] finalObservations;
    private readonly float[] rewards;
    private readonly bool[] terminated;
    private readonly bool[] truncated;
    private readonly bool[] lost;
    private readonly RowActivity[] activity;

    /// <summary>Arrays for the agents and sizes of <paramref name="environment"/>.</summary>
    public StepBuffer(IVectorEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        int agents = environment.AgentCount;
        observations = new float[agents * environment.ObservationSize];
        finalObservations = new float[observations.Length];
        rewards = new float[agents];
        terminated = new bool[agents];
        truncated = new bool[agents];
        lost = new bool[agents];
        activity = new RowActivity[agents];
    }

    /// <summary>The arrays as a step writes them.</summary>
    public VectorStep View => new(observations, finalObservations, rewards, terminated, truncated, lost, activity);
}
