using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Undiscounted scores of episodes as they end. A training episode of the vector environment counts as ended when every agent has ended one
/// since the last count; its score is the mean over the agents.
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

    /// <summary>Adds one step's rewards and ends.</summary>
    /// <returns>Whether an episode of the whole vector environment ended with it.</returns>
    public bool Add(in VectorStep step)
    {
        for (int i = 0; i < running.Length; i++)
        {
            running[i] += step.Rewards[i];
            lengths[i]++;
            if (step.Terminated[i] || step.Truncated[i] || step.Lost[i])
            {
                End(i);
            }
        }

        if (endedAgents < running.Length)
        {
            return false;
        }

        Count();
        return true;
    }

    /// <summary>Forgets the episodes under way: the environment is reset.</summary>
    public void Forget()
    {
        Array.Clear(running);
        Array.Clear(lengths);
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
        foreach (double score in finished)
        {
            sum += score;
        }

        LastMean = sum / finished.Length;
        foreach (double score in finished)
        {
            squares += (score - LastMean) * (score - LastMean);
        }

        LastDeviation = Math.Sqrt(squares / finished.Length);
        LastLength = (double)lengthSum / finished.Length;
        Episodes++;
        Array.Clear(ended);
        endedAgents = 0;
        lengthSum = 0;
    }
}
