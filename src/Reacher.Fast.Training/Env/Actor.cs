using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Chooses the actions of an environment's agents while training: uniformly at random during the warm-up, and by the policy with
/// exploration afterwards. Allocates nothing per decision.
/// </summary>
internal sealed class Actor : IDisposable
{
    private readonly ActingPolicy policy;
    private readonly float[] uniformActions;
    private readonly float explorationNoise;
    private readonly int warmupHold;
    private int untilNewUniform;
    private ulong uniformKey;
    private int uniformDraws;

    /// <param name="plan">The run, which says how to explore and for how many decisions a warm-up action is held.</param>
    /// <param name="agents">The environment's agents.</param>
    public Actor(RunPlan plan, int agents)
    {
        policy = ActingPolicy.Create(plan, agents);
        uniformActions = new float[agents * plan.ActionSize];
        // TD3's standard deviation of Gaussian noise; SAC samples from its own distribution and takes no notice.
        explorationNoise = plan.ExplorationNoise;
        // Torques that are held swing an arm through far more of its space than torques that change with every decision.
        warmupHold = plan.WarmupHold;
    }

    /// <summary>Begins anew: exploration and warm-up actions follow from <paramref name="seed"/> from here on.</summary>
    public void Begin(ulong seed)
    {
        policy.Seed(seed);
        untilNewUniform = 0;
        // Seeds that follow one another give keys, and so actions, that have nothing in common.
        (uniformKey, uniformDraws) = (SplitMix64.Mix(seed), 0);
    }

    /// <summary>Takes newer weights, those of one policy (<see cref="Policy.Load"/>).</summary>
    public void Load(ReadOnlySpan<float> weights) => policy.Load(weights);

    /// <summary>Chooses one action for every agent.</summary>
    /// <param name="observations">What the agents see, one after another.</param>
    /// <param name="actions">Takes the actions, one after another.</param>
    /// <param name="uniform">Whether to choose at random (the warm-up) instead of by the policy.</param>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions, bool uniform)
    {
        if (!uniform)
        {
            policy.Explore(observations, actions, explorationNoise);
            return;
        }

        if (untilNewUniform-- == 0)
        {
            for (int i = 0; i < uniformActions.Length; i++)
            {
                uniformActions[i] = (float)((2 * SplitMix64.Uniform(uniformKey, uniformDraws++)) - 1);
            }

            untilNewUniform = warmupHold - 1;
        }

        uniformActions.CopyTo(actions);
    }

    public void Dispose() => policy.Dispose();
}
