using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Environments.Pendulum;

/// <summary>
/// Gymnasium's Pendulum-v1 (<c>gymnasium/envs/classic_control/pendulum.py</c>; its equations, reward, limits and 200 steps) for N
/// agents: swing a rod up and hold it with a torque too weak to lift it at once. Observation: cos, sin of the angle from
/// upright, and its velocity in rad/s. Action: torque over 2 N m. Reward: <c>-(angle^2 + 0.1 velocity^2 + 0.001 torque^2)</c>, about
/// -16.3 to 0, the angle in [-pi, pi]. It never terminates; the 200th decision is truncated.
/// </summary>
public sealed class PendulumEnvironment : IVectorEnvironment
{
    /// <summary>Decisions in an episode.</summary>
    public const int DecisionsPerEpisode = 200;

    /// <summary>Most agents in one environment.</summary>
    public const int MaximumAgentCount = 1 << 16;

    private const double Gravity = 10;
    private const double Mass = 1;
    private const double Length = 1;
    private const double TimeStep = 0.05;
    private const double MaximumVelocity = 8;
    private const double MaximumTorque = 2;

    private readonly double[] angle;
    private readonly double[] velocity;
    private ulong seed;
    private long episode;
    private int decision;

    /// <summary>N pendulums, as after <c>Reset(0)</c>.</summary>
    /// <exception cref="InputException"><paramref name="agentCount"/> is out of range.</exception>
    public PendulumEnvironment(int agentCount = 1)
    {
        if (agentCount is < 1 or > MaximumAgentCount)
        {
            throw new InputException($"The pendulum environment steps 1 to {MaximumAgentCount} agents, not {agentCount}; change their number.");
        }

        angle = new double[agentCount];
        velocity = new double[agentCount];
        Begin();
    }

    /// <inheritdoc/>
    public int AgentCount => angle.Length;

    /// <summary>3 numbers: cosine and sine of the angle, and the angular velocity in rad/s.</summary>
    public int ObservationSize => 3;

    /// <summary>1 number, in [-1, 1]: the torque as a part of the largest.</summary>
    public int ActionSize => 1;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The span is shorter than [N, 3].</exception>
    public void Reset(ulong seed, Span<float> observations)
    {
        this.seed = seed;
        episode = 0;
        Begin();
        Observe(observations);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A span is not of N agents.</exception>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        if (actions.Length != AgentCount)
        {
            throw new ArgumentException($"{AgentCount} pendulums take as many action floats, not {actions.Length}.", nameof(actions));
        }

        for (int i = 0; i < AgentCount; i++)
        {
            double torque = MaximumTorque * Math.Clamp(actions[i], -1f, 1f);
            double fromUpright = Math.IEEERemainder(angle[i], 2 * Math.PI);
            double cost = (fromUpright * fromUpright) + (0.1 * velocity[i] * velocity[i]) + (0.001 * torque * torque);
            step.Rewards[i] = (float)-cost;

            double acceleration = (3 * Gravity / (2 * Length) * Math.Sin(angle[i])) + (3 / (Mass * Length * Length) * torque);
            velocity[i] = Math.Clamp(velocity[i] + (acceleration * TimeStep), -MaximumVelocity, MaximumVelocity);
            angle[i] += velocity[i] * TimeStep;
        }

        decision++;
        bool over = decision == DecisionsPerEpisode;
        step.Terminated[..AgentCount].Clear();
        step.Lost[..AgentCount].Clear();
        step.Truncated[..AgentCount].Fill(over);
        if (over)
        {
            Observe(step.FinalObservations);
            episode++;
            Begin();
        }

        Observe(step.Observations);
    }

    /// <summary>Does nothing, because the environment holds no resources.</summary>
    public void Dispose()
    {
    }

    private void Begin()
    {
        decision = 0;
        for (int i = 0; i < AgentCount; i++)
        {
            ulong key = SplitMix64.Key(seed, i, episode);
            angle[i] = Math.PI * ((2 * SplitMix64.Uniform(key, 0)) - 1);
            velocity[i] = (2 * SplitMix64.Uniform(key, 1)) - 1;
        }
    }

    private void Observe(Span<float> observations)
    {
        for (int i = 0; i < AgentCount; i++)
        {
            (double sin, double cos) = Math.SinCos(angle[i]);
            observations[(3 * i) + 0] = (float)cos;
            observations[(3 * i) + 1] = (float)sin;
            observations[(3 * i) + 2] = (float)velocity[i];
        }
    }
}
