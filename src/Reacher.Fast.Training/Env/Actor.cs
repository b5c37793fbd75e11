using Reacher.Fast.Core.Environments;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Acts: observation -> policy with exploration -> environment -> rows. One vector step at a time, so that the same class serves the env
/// process and lock-step training. Allocates nothing per step.
/// </summary>
internal sealed class Actor : IDisposable
{
    private readonly IVectorEnvironment environment;
    private readonly ActingPolicy policy;
    private readonly TransitionWriter writer;
    private readonly StepBuffer step;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly float[] uniformActions;
    private readonly float explorationNoise;
    private readonly int warmupHold;
    private int untilNewUniform;
    private Random random = new(0);

    /// <param name="environment">Owned.</param>
    /// <param name="policy">Owned.</param>
    /// <param name="writer">Owned.</param>
    /// <param name="explorationNoise">TD3's standard deviation of Gaussian exploration; SAC samples its own.</param>
    /// <param name="warmupHold">Decisions for which a uniform warm-up action is kept: held torques swing an arm through far more of its space.</param>
    public Actor(IVectorEnvironment environment, ActingPolicy policy, TransitionWriter writer, float explorationNoise, int warmupHold)
    {
        this.warmupHold = warmupHold;
        this.environment = environment;
        this.policy = policy;
        this.writer = writer;
        this.explorationNoise = explorationNoise;
        step = new StepBuffer(environment);
        observations = new float[environment.AgentCount * environment.ObservationSize];
        actions = new float[environment.AgentCount * environment.ActionSize];
        uniformActions = new float[actions.Length];
        Scores = new EpisodeScores(environment.AgentCount);
        Returns = new EpisodeReturns(environment.AgentCount);
    }

    /// <summary>Scores of the training episodes.</summary>
    public EpisodeScores Scores { get; }

    /// <summary>Returns of each agent's training episodes.</summary>
    public EpisodeReturns Returns { get; }

    /// <summary>Agents stepped together: transitions per vector step.</summary>
    public int AgentCount => environment.AgentCount;

    /// <summary>
    /// Begins anew: the environment, the exploration and the uniform actions all follow from <paramref name="seed"/> from here on, and
    /// unfinished n-step windows are forgotten. To be called before the first step.
    /// </summary>
    public void Begin(ulong seed)
    {
        writer.Forget();
        Scores.Forget();
        Returns.Forget();
        policy.Seed(seed);
        untilNewUniform = 0;
        random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        environment.Reset(seed, observations);
    }

    /// <summary>Takes newer weights.</summary>
    public void Load(ReadOnlySpan<float> policyBlock) => policy.Load(policyBlock);

    /// <summary>One decision of every agent.</summary>
    /// <param name="uniform">Act uniformly at random (the warm-up) instead of by the policy.</param>
    public void Step(bool uniform)
    {
        if (uniform)
        {
            if (untilNewUniform-- == 0)
            {
                for (int i = 0; i < uniformActions.Length; i++)
                {
                    uniformActions[i] = (2 * random.NextSingle()) - 1;
                }

                untilNewUniform = warmupHold - 1;
            }

            uniformActions.CopyTo(actions, 0);
        }
        else
        {
            policy.Explore(observations, actions, explorationNoise);
        }

        VectorStep result = step.View;
        environment.Step(actions, result);
        writer.Write(
            observations, actions, result.Rewards, result.Terminated, result.Truncated, result.Lost, result.Observations, result.FinalObservations);
        Scores.Add(result);
        Returns.Add(result);
        result.Observations.CopyTo(observations);
    }

    public void Dispose()
    {
        writer.Dispose();
        policy.Dispose();
        environment.Dispose();
    }
}
