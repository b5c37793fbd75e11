using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Plays evaluation episodes without exploration, with seeds of its own: episode k of a run always has the same goals, whatever was
/// trained or how often the process was restarted. One vector step at a time; nothing is allocated per step.
/// </summary>
internal sealed class Evaluator : IDisposable
{
    private readonly IVectorEnvironment environment;
    private readonly ActingPolicy policy;
    private readonly StepBuffer step;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly ulong seed;
    private EpisodeScores scores;

    /// <param name="plan">The plan of the run.</param>
    /// <param name="environment">Where to play; it stays the caller's to dispose.</param>
    public Evaluator(RunPlan plan, IVectorEnvironment environment)
    {
        this.environment = environment;
        policy = ActingPolicy.Create(plan, environment.AgentCount);
        seed = plan.Seed;
        step = new StepBuffer(environment);
        observations = new float[environment.AgentCount * environment.ObservationSize];
        actions = new float[environment.AgentCount * environment.ActionSize];
        scores = new EpisodeScores(environment.AgentCount);
    }

    /// <summary>Mean over the agents of the episode that ended last.</summary>
    public double Score => scores.LastMean;

    /// <summary>Standard deviation over the agents.</summary>
    public double Deviation => scores.LastDeviation;

    /// <summary>
    /// Begins evaluation episode <paramref name="index"/> with the weights <paramref name="weights"/>, kept until it ends.
    /// </summary>
    public void Begin(long index, ReadOnlySpan<float> weights)
    {
        policy.Load(weights);
        environment.Reset(Seeds.OfEvaluation(seed, index), observations);
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
    public double Play(long index, ReadOnlySpan<float> weights, CancellationToken cancellation = default)
    {
        Begin(index, weights);
        do
        {
            cancellation.ThrowIfCancellationRequested();
        }
        while (!Step());
        return Score;
    }

    public void Dispose() => policy.Dispose();
}
