using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// A fixed factor on rewards, and optionally division by the running root mean square of all that were sampled. Nothing is
/// subtracted, so a reward of 0 stays 0 and no sign changes.
/// </summary>
internal sealed class RewardScaling(double scale, bool running)
{
    /// <summary>Smallest divisor: rewards that have all been 0 so far do not turn the first other one into a giant.</summary>
    private const double SmallestRootMeanSquare = 1e-2;

    private long count;
    private double squares;

    private double Factor => running && count > 0 ? scale / Math.Max(Math.Sqrt(squares / count), SmallestRootMeanSquare) : scale;

    /// <summary>Takes rewards into the statistics and writes them scaled.</summary>
    public void Apply(ReadOnlySpan<float> rewards, Span<float> scaled)
    {
        for (int b = 0; running && b < rewards.Length; b++)
        {
            squares += (double)rewards[b] * rewards[b];
            count++;
        }

        double factor = Factor;
        for (int b = 0; b < rewards.Length; b++)
        {
            scaled[b] = (float)(factor * rewards[b]);
        }
    }

    public void SaveState(StateDictionary state)
    {
        if (running)
        {
            state.Add("reward_scaling.count", count);
            state.Add("reward_scaling.squares", [squares], 1);
        }
    }

    /// <summary>Reads and checks; the action returned takes it over and cannot fail.</summary>
    public Action StageState(StateDictionary state)
    {
        if (!running)
        {
            return static () => { };
        }

        (long newCount, double newSquares) = (state.GetInt64("reward_scaling.count"), state.GetDoubles("reward_scaling.squares", 1)[0]);
        return () => (count, squares) = (newCount, newSquares);
    }
}
