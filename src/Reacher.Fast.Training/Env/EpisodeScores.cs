using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Undiscounted scores of episodes as they end. An episode of the vector environment counts as ended when every agent has ended one since
/// the last count; its score is the mean over the agents. An episode ends where the task or a time limit ends it, and nowhere else: an
/// agent that is silent for a while goes on with its episode. A vacant row takes no part and is not waited for.
/// </summary>
internal sealed class EpisodeScores(int agents)
{
    private readonly double[] running = new double[agents];
    private readonly double[] finished = new double[agents];
    private readonly int[] lengths = new int[agents];
    private readonly bool[] ended = new bool[agents];
    private int endedAgents;
    private int lengthSum;

    /// <summary>Episodes of the whole vector environment.</summary>
    public long Episodes { get; private set; }

    /// <summary>Mean over the agents of the last one; not a number before the first has ended.</summary>
    public double LastMean { get; private set; } = double.NaN;

    /// <summary>Standard deviation over those agents.</summary>
    public double LastDeviation { get; private set; } = double.NaN;

    /// <summary>Mean length in decisions.</summary>
    public double LastLength { get; private set; } = double.NaN;

    /// <summary>Agents that took part in it.</summary>
    public int LastAgents { get; private set; }

    /// <summary>Adds one step's rewards and ends.</summary>
    /// <returns>Whether an episode of the whole vector environment ended with it.</returns>
    public bool Add(in VectorStep step)
    {
        bool waits = false;
        for (int i = 0; i < running.Length; i++)
        {
            if (step.Activity[i] == RowActivity.Vacant)
            {
                running[i] = 0;
                lengths[i] = 0;
                continue;
            }

            running[i] += step.Rewards[i];
            lengths[i]++;
            if (step.Terminated[i] || step.Truncated[i])
            {
                End(i);
            }

            waits |= !ended[i];
        }

        if (waits || endedAgents == 0)
        {
            return false;
        }

        Count();
        return true;
    }

    /// <summary>Ends every agent's episode under way where it stands: the caller does not wait for its end.</summary>
    /// <returns>Whether there was an agent, so that an episode of the whole vector environment ended.</returns>
    public bool Cut()
    {
        for (int i = 0; i < running.Length; i++)
        {
            if (!ended[i] && lengths[i] > 0)
            {
                End(i);
            }
        }

        if (endedAgents == 0)
        {
            return false;
        }

        Count();
        return true;
    }

    /// <summary>Forgets the episodes under way and those that ended since the last count: the environment is reset.</summary>
    public void Forget()
    {
        Array.Clear(running);
        Array.Clear(lengths);
        BeginCount();
    }

    private void End(int agent)
    {
        if (!ended[agent])
        {
            ended[agent] = true;
            endedAgents++;
            finished[agent] = running[agent];
            lengthSum += lengths[agent];
        }

        running[agent] = 0;
        lengths[agent] = 0;
    }

    private void Count()
    {
        double sum = 0, squares = 0;
        for (int i = 0; i < ended.Length; i++)
        {
            sum += ended[i] ? finished[i] : 0;
        }

        LastMean = sum / endedAgents;
        for (int i = 0; i < ended.Length; i++)
        {
            squares += ended[i] ? (finished[i] - LastMean) * (finished[i] - LastMean) : 0;
        }

        LastDeviation = Math.Sqrt(squares / endedAgents);
        LastLength = (double)lengthSum / endedAgents;
        LastAgents = endedAgents;
        Episodes++;
        BeginCount();
    }

    private void BeginCount()
    {
        Array.Clear(ended);
        endedAgents = 0;
        lengthSum = 0;
    }
}
