using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Training.Tests.Env;

/// <summary>
/// An environment whose agents' episodes end together after so many steps, that pays 1 a step, and that can be told to fail.
/// </summary>
internal sealed class ScriptedEnvironment(int agents, int episodeSteps) : IVectorEnvironment
{
    private int steps;

    public List<ulong> Seeds { get; } = [];

    public List<float[]> Actions { get; } = [];

    /// <summary>The steps, counted over all episodes, at which it throws instead.</summary>
    public HashSet<int> Failures { get; } = [];

    public int StepsAsked { get; private set; }

    /// <summary>Called with the number of each step, counted over all episodes.</summary>
    public Action<int>? OnStep { get; init; }

    /// <summary>The last agent is there for this many steps after each reset, and its row is vacant afterwards.</summary>
    public int StepsOfLastAgent { get; init; } = int.MaxValue;

    /// <summary>Whether the last agent's episodes end with those of the others, or never.</summary>
    public bool LastAgentEnds { get; init; } = true;

    public int AgentCount => agents;

    public int ObservationSize => 3;

    public int ActionSize => 2;

    public void Reset(ulong seed, Span<float> observations)
    {
        Seeds.Add(seed);
        steps = 0;
        observations.Clear();
    }

    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        if (Failures.Contains(StepsAsked++))
        {
            throw new InvalidOperationException("The environment is lost.");
        }

        OnStep?.Invoke(StepsAsked);
        Actions.Add(actions.ToArray());
        bool ends = ++steps % episodeSteps == 0;
        step.Observations.Fill(steps);
        step.FinalObservations.Fill(steps);
        step.Rewards.Fill(1);
        step.Terminated.Clear();
        step.Truncated.Fill(ends);
        step.Lost.Clear();
        step.Activity.Clear();
        step.Truncated[^1] &= LastAgentEnds;
        if (steps > StepsOfLastAgent)
        {
            (step.Lost[^1], step.Truncated[^1], step.Activity[^1], step.Rewards[^1]) = (true, false, RowActivity.Vacant, 0);
        }
    }

    public void Dispose()
    {
    }
}
