using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.TestChild;

/// <summary>
/// Data that say where they come from. An observation is (stream, episode, step, incarnation) followed by numbers that follow
/// from these four, so that one look at a sampled row tells whether it is whole, whose it is, and what its reward, discount
/// and next observation must be.
/// </summary>
public static class Provenance
{
    /// <summary>Agents of a writer.</summary>
    public const int Streams = 20;

    /// <summary>Discount per step.</summary>
    public const float Gamma = 0.97f;

    private const int Identity = 4;

    /// <summary>The sizes of Reacher's transitions.</summary>
    public static TransitionSpec Spec { get; } = new(33, 4);

    /// <summary>How an episode ends.</summary>
    public enum End
    {
        /// <summary>In a terminal state: its discount is 0.</summary>
        Terminated,

        /// <summary>Bootstraps from the final observation.</summary>
        Truncated,

        /// <summary>The last transition is not to be stored.</summary>
        Lost,
    }

    /// <summary>Transitions of an episode: 3 to 13.</summary>
    public static int Length(int stream, int episode) => 3 + (((episode * 7) + stream) % 11);

    /// <summary>How an episode ends.</summary>
    public static End EndOf(int stream, int episode) => (End)((episode + stream) % 3);

    /// <summary>The reward of a transition: exact in single precision.</summary>
    public static float Reward(int stream, int episode, int step) => ((stream * 3) + (episode * 5) + (step * 7)) % 101;

    /// <summary>Writes the observation of a state.</summary>
    public static void Observe(Span<float> observation, int stream, int episode, int step, int incarnation)
    {
        observation[0] = stream;
        observation[1] = episode;
        observation[2] = step;
        observation[3] = incarnation;
        uint seed = Seed(stream, episode, step, incarnation);
        for (int j = Identity; j < observation.Length; j++)
        {
            observation[j] = Element(seed, j);
        }
    }

    /// <summary>Writes the action taken in a state.</summary>
    public static void Act(Span<float> action, int stream, int episode, int step, int incarnation)
    {
        uint seed = ~Seed(stream, episode, step, incarnation);
        for (int j = 0; j < action.Length; j++)
        {
            action[j] = Element(seed, j);
        }
    }

    /// <summary>What is wrong with a sampled row, or null if it is exactly what its own identity says.</summary>
    public static string? Check(TransitionBatch batch, int row, int nStep)
    {
        int size = batch.Spec.ObservationSize;
        ReadOnlySpan<float> observation = batch.Observations.Slice(row * size, size);
        ReadOnlySpan<float> next = batch.NextObservations.Slice(row * size, size);
        int stream = (int)observation[0];
        int episode = (int)observation[1];
        int step = (int)observation[2];
        int incarnation = (int)observation[3];
        if (!IsObservation(observation, stream, episode, step, incarnation))
        {
            return $"torn observation of stream {stream}, episode {episode}, step {step}";
        }

        int length = Length(stream, episode);
        End end = EndOf(stream, episode);
        int steps = Math.Min(nStep, length - step);
        bool reachesEnd = step + steps == length;
        if (step >= length || (end == End.Lost && step + nStep >= length))
        {
            return $"row of stream {stream}, episode {episode}, step {step} should not exist";
        }

        if (!IsObservation(next, stream, episode, step + steps, incarnation))
        {
            return $"wrong successor of stream {stream}, episode {episode}, step {step}: " +
                $"stream {next[0]}, episode {next[1]}, step {next[2]}, incarnation {next[3]}";
        }

        uint seed = ~Seed(stream, episode, step, incarnation);
        ReadOnlySpan<float> action = batch.Actions.Slice(row * batch.Spec.ActionSize, batch.Spec.ActionSize);
        for (int j = 0; j < action.Length; j++)
        {
            if (action[j] != Element(seed, j))
            {
                return $"torn action of stream {stream}, episode {episode}, step {step}";
            }
        }

        float reward = 0;
        for (int k = 0; k < steps; k++)
        {
            reward += (float)Math.Pow(Gamma, k) * Reward(stream, episode, step + k);
        }

        float discount = reachesEnd && end == End.Terminated ? 0 : (float)Math.Pow(Gamma, steps);
        return batch.Rewards[row] == reward && batch.Discounts[row] == discount
            ? null
            : $"reward {batch.Rewards[row]} and discount {batch.Discounts[row]} of stream {stream}, episode {episode}, step {step}, " +
                $"not {reward} and {discount}";
    }

    private static bool IsObservation(ReadOnlySpan<float> observation, int stream, int episode, int step, int incarnation)
    {
        bool right = observation[0] == stream & observation[1] == episode & observation[2] == step & observation[3] == incarnation;
        uint seed = Seed(stream, episode, step, incarnation);
        for (int j = Identity; j < observation.Length; j++)
        {
            right &= observation[j] == Element(seed, j);
        }

        return right;
    }

    private static uint Seed(int stream, int episode, int step, int incarnation) =>
        ((uint)stream * 0x9E3779B1) ^ ((uint)episode * 0x85EBCA77) ^ ((uint)step * 0xC2B2AE3D) ^ ((uint)incarnation * 0x27D4EB2F);

    private static float Element(uint seed, int index) => (int)((seed + ((uint)index * 0x9E3779B9)) >> 8);
}
