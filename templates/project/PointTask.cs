using Reacher.Fast.Core.Environments;

/// <summary>
/// A task to begin with, to be replaced by your own: push a point to the middle of a line and hold it there. Observation: position and velocity.
/// Action: the force. Reward: minus the distance from the middle.
/// </summary>
public sealed class PointTask : IEnvironment
{
    private const int DecisionsPerEpisode = 100;
    private const float TimeStep = 0.1f;

    private float position, velocity;
    private int decision;

    public int ObservationSize => 2;

    public int ActionSize => 1;

    public void Reset(ulong seed, Span<float> observation)
    {
        var random = new Random((int)(seed & int.MaxValue));
        (position, velocity, decision) = ((random.NextSingle() * 2) - 1, 0, 0);
        (observation[0], observation[1]) = (position, velocity);
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation)
    {
        velocity += TimeStep * action[0];
        position += TimeStep * velocity;
        decision++;
        (observation[0], observation[1]) = (position, velocity);
        // Terminated: the task itself has ended. Truncated: time is up, and the state would go on being worth something.
        return new StepResult(-Math.Abs(position), Terminated: false, Truncated: decision == DecisionsPerEpisode);
    }
}
