using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Environments.Tests;

/// <summary>N carts on a line: push each to the origin and hold it there. Observation: position, velocity. Action: force.</summary>
public sealed class CartEnvironment(int agentCount) : IVectorEnvironment
{
    private const int StepsPerEpisode = 100;
    private const float TimeStep = 0.1f;
    private readonly float[] position = new float[agentCount];
    private readonly float[] velocity = new float[agentCount];
    private Random random = new(0);
    private int decision;

    public int AgentCount => agentCount;

    public int ObservationSize => 2;

    public int ActionSize => 1;

    public void Reset(ulong seed, Span<float> observations)
    {
        random = new Random((int)seed);
        Begin();
        Observe(observations);
    }

    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        for (int i = 0; i < agentCount; i++)
        {
            velocity[i] += TimeStep * Math.Clamp(actions[i], -1f, 1f);
            position[i] += TimeStep * velocity[i];
            step.Rewards[i] = -Math.Abs(position[i]);
        }

        decision++;
        bool over = decision == StepsPerEpisode;
        step.Truncated.Fill(over); // a time limit: the value goes on from the final observation
        step.Terminated.Clear();   // an end of the task itself would be set here
        step.Lost.Clear();
        if (over)
        {
            Observe(step.FinalObservations); // the true last one ...
            Begin();
        }

        Observe(step.Observations); // ... while this is always what the next action is chosen from
    }

    public void Dispose()
    {
    }

    private void Begin()
    {
        decision = 0;
        for (int i = 0; i < agentCount; i++)
        {
            position[i] = (random.NextSingle() * 2) - 1;
            velocity[i] = 0;
        }
    }

    private void Observe(Span<float> observations)
    {
        for (int i = 0; i < agentCount; i++)
        {
            observations[2 * i] = position[i];
            observations[(2 * i) + 1] = velocity[i];
        }
    }
}
