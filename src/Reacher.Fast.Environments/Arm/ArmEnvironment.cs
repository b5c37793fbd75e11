using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// Unity's Reacher: N arms whose hands follow goals that circle them. 33 observations, 4 torques, 0.01 for each of a
/// decision's 4 physics steps that began with the hand in the goal, 1001 decisions an episode (docs/environments.md).
/// All arms start and end together; the end is a time limit, so <c>truncated</c> is set and <c>terminated</c> never is.
/// </summary>
public sealed class ArmEnvironment : IVectorEnvironment
{
    /// <summary>
    /// Arithmetic operations of one arm's decision, four physics steps: additions, products, multiply-adds, divisions and roots, one each. A lane
    /// of the vector step makes one arm's. What a measured rate is divided by; a test counts them.
    /// </summary>
    public const int OperationsPerDecision = 7124;

    private readonly ArmOptions options;
    private readonly ArmBatch arms;
    private ulong seed;
    private long episode;
    private long decision;

    /// <summary>The scene of <paramref name="options"/>, as after <c>Reset(0)</c>.</summary>
    /// <exception cref="Core.InputException">An option is out of range.</exception>
    public ArmEnvironment(ArmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        arms = ArmBatch.Create(options);
        this.options = options;
        Begin(kick: false);
    }

    /// <inheritdoc/>
    public int AgentCount => options.ArmCount;

    /// <summary>33 numbers an arm: 26 of its two bodies, 7 of the goal.</summary>
    public int ObservationSize => ArmModel.ObservationSize;

    /// <summary>4 numbers an arm, in [-1, 1]: torques about x and z of the upper and of the lower body.</summary>
    public int ActionSize => ArmModel.ActionSize;

    /// <summary>The scene as it was given to the constructor.</summary>
    public ArmOptions Options => options;

    /// <summary>The instructions that step the arms. The same seed and set give the same results to the bit.</summary>
    public InstructionSet InstructionSet => arms.InstructionSet;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The span is not [N, 33].</exception>
    public void Reset(ulong seed, Span<float> observations)
    {
        this.seed = seed;
        episode = 0;
        Begin(kick: false);
        arms.Observe(observations);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A span is not of N agents.</exception>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        // All of them first: a step that fails halfway would leave an episode that never ends.
        if (step.Observations.Length != AgentCount * ObservationSize || step.FinalObservations.Length != step.Observations.Length ||
            step.Rewards.Length != AgentCount || step.Terminated.Length != AgentCount || step.Truncated.Length != AgentCount ||
            step.Lost.Length != AgentCount)
        {
            throw new ArgumentException($"A step of {AgentCount} arms has spans of other lengths.", nameof(step));
        }

        step.Terminated[..AgentCount].Clear();
        step.Lost[..AgentCount].Clear();
        arms.Step(actions, step.Rewards);
        decision++;
        bool over = decision == options.DecisionsPerEpisode;
        step.Truncated[..AgentCount].Fill(over);
        if (over)
        {
            arms.Observe(step.FinalObservations);
            episode++;
            Begin(options.UnityResetKick);
        }

        arms.Observe(step.Observations);
    }

    /// <inheritdoc/>
    public void Dispose() => arms.Dispose();

    private void Begin(bool kick)
    {
        decision = 0;
        for (int i = 0; i < AgentCount; i++)
        {
            (float degree, float speed) = GoalStream.Draw(seed, i, episode, options.GoalSpeed);
            arms.Reset(i, degree, speed, kick);
        }
    }
}
