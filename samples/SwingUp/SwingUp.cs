using Reacher.Fast.Core.Environments;

/// <summary>
/// Cart-pole swing-up: a cart on a track of 2.4 m to either side swings its pole up and holds it there (the equations of Barto, Sutton and
/// Anderson 1983, as Florian 2007 corrects them, without friction). Observation: position, velocity, cosine and sine of the angle from upright,
/// angular velocity. Action: the force on the cart over 10 N. Reward: from 0, hanging, to 1, upright; 500 decisions, or until the cart leaves.
/// </summary>
public sealed class SwingUp : IEnvironment
{
    private const int DecisionsPerEpisode = 500;
    private const double TimeStep = 0.02, Gravity = 9.8, CartMass = 1, PoleMass = 0.1, HalfLength = 0.5, Force = 10, Track = 2.4;

    private double position, velocity, angle, spin;
    private int decision;

    public int ObservationSize => 5;

    public int ActionSize => 1;

    public void Reset(ulong seed, Span<float> observation)
    {
        var random = new Random((int)(seed & int.MaxValue));
        (position, velocity, angle, spin, decision) = (0, 0, Math.PI + (0.1 * (random.NextDouble() - 0.5)), 0, 0);
        Observe(observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation)
    {
        (double sin, double cos) = Math.SinCos(angle);
        double push = ((Force * action[0]) + (PoleMass * HalfLength * spin * spin * sin)) / (CartMass + PoleMass);
        double turn = ((Gravity * sin) - (cos * push)) / (HalfLength * ((4.0 / 3) - (PoleMass * cos * cos / (CartMass + PoleMass))));
        velocity += TimeStep * (push - (PoleMass * HalfLength * turn * cos / (CartMass + PoleMass)));
        position += TimeStep * velocity;
        spin += TimeStep * turn;
        angle += TimeStep * spin;
        decision++;
        Observe(observation);

        bool left = Math.Abs(position) > Track;
        float reward = left ? 0 : (float)(1 + Math.Cos(angle)) / 2;
        return new StepResult(reward, Terminated: left, Truncated: decision == DecisionsPerEpisode);
    }

    private void Observe(Span<float> observation)
    {
        (double sin, double cos) = Math.SinCos(angle);
        (observation[0], observation[1], observation[2], observation[3], observation[4]) =
            ((float)position, (float)velocity, (float)cos, (float)sin, (float)spin);
    }
}
