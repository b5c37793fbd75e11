using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Plays evaluation episodes without exploration, with seeds of its own: episode k of a run always has the same goals, whatever was
/// trained or how often the process was restarted. One vector step at a time; nothing is allocated per step.
/// </summary>
internal sealed class Evaluator : IDisposable
{
    // Evaluation never sees an episode that training saw: the two draw from seeds that differ in the top bit.
    private const ulong EvaluationBit = 1UL << 63;

    private readonly IVectorEnvironment environment;
    private readonly ActingPolicy policy;
    private readonly StepBuffer step;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly ulong seed;
    private EpisodeScores scores;

    /// <param name="environment">Owned.</param>
    /// <param name="policy">Owned.</param>
    /// <param name="seed">The run's seed.</param>
    public Evaluator(IVectorEnvironment environment, ActingPolicy policy, ulong seed)
    {
        this.environment = environment;
        this.policy = policy;
        this.seed = seed;
        step = new StepBuffer(environment);
        observations = new float[environment.AgentCount * environment.ObservationSize];
        actions = new float[environment.AgentCount * environment.ActionSize];
        scores = new EpisodeScores(environment.AgentCount);
    }

    /// <summary>An evaluator of a run.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="worker">Number of the process among those with environments.</param>
    /// <param name="logs">The folder for a player's log; null for none.</param>
    /// <param name="cancellation">Ends any wait for a player, now or later.</param>
    public static Evaluator Create(RunPlan plan, int worker, string? logs = null, CancellationToken cancellation = default) =>
        Create(plan, EnvironmentFactory.Create(plan.Environment, worker, logs, cancellation: cancellation));

    /// <summary>An evaluator of a run, in an environment that is at hand and then the evaluator's.</summary>
    public static Evaluator Create(RunPlan plan, IVectorEnvironment environment)
    {
        return new Evaluator(environment, ActingPolicy.Create(plan, environment.AgentCount), plan.Seed);
    }

    public int AgentCount => environment.AgentCount;

    /// <summary>Mean over the agents of the episode that ended last.</summary>
    public double Score => scores.LastMean;

    /// <summary>Standard deviation over the agents.</summary>
    public double Deviation => scores.LastDeviation;

    /// <summary>Begins evaluation episode <paramref name="index"/> with the weights <paramref name="policyBlock"/>, kept until it ends.</summary>
    public void Begin(long index, ReadOnlySpan<float> policyBlock)
    {
        policy.Load(policyBlock);
        environment.Reset(EvaluationBit ^ (seed * 0x9E3779B97F4A7C15) ^ (ulong)index, observations);
        scores = new EpisodeScores(environment.AgentCount);
    }

    /// <summary>One decision of every agent.</summary>
    /// <returns>Whether the episode has ended.</returns>
    public bool Step()
    {
        policy.Act(observations, actions);
        VectorStep result = step.View;
        environment.Step(actions, result);
        result.Observations.CopyTo(observations);
        return scores.Add(result);
    }

    /// <summary>Plays a whole episode.</summary>
    /// <exception cref="OperationCanceledException">It was ended between two decisions.</exception>
    public double Play(long index, ReadOnlySpan<float> policyBlock, CancellationToken cancellation = default)
    {
        Begin(index, policyBlock);
        do
        {
            cancellation.ThrowIfCancellationRequested();
        }
        while (!Step());
        return Score;
    }

    public void Dispose()
    {
        policy.Dispose();
        environment.Dispose();
    }
}
