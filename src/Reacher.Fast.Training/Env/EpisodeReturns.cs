using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// The return of every agent's episode, the undiscounted sum of its rewards, as it ends: what ML-Agents calls an episode's cumulative reward. Where
/// <see cref="EpisodeScores"/> waits for all agents and has one figure for them, this has one for each, however often an agent's episodes end.
/// Allocates nothing per step.
/// </summary>
/// <param name="agents">The number of agents that are stepped together.</param>
internal sealed class EpisodeReturns(int agents)
{
    private readonly double[] running = new double[agents];
    private readonly double[] ended = new double[agents];
    private int count;

    /// <summary>Returns of the episodes that ended with the last step, in the agents' order; valid until the next one.</summary>
    public ReadOnlySpan<double> Ended => ended.AsSpan(0, count);

    /// <summary>Adds one step's rewards and ends.</summary>
    public void Add(in VectorStep step)
    {
        count = 0;
        for (int i = 0; i < running.Length; i++)
        {
            if (step.Activity[i] == RowActivity.Vacant)
            {
                // Whoever takes the row next begins an episode of its own.
                running[i] = 0;
                continue;
            }

            running[i] += step.Rewards[i];
            // The return is kept where a transition is merely lost: an agent that is silent for a step goes on with its episode
            // afterwards.
            if (step.Terminated[i] || step.Truncated[i])
            {
                ended[count++] = running[i];
                running[i] = 0;
            }
        }
    }

    /// <summary>Forgets the episodes under way: the environment is reset.</summary>
    public void Forget()
    {
        count = 0;
        Array.Clear(running);
    }
}
