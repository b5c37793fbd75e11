using System.Globalization;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// Plays evaluation episodes without exploration, with seeds of its own: episode k of a run always has the same goals, whatever was
/// trained or how often the process was restarted. One vector step at a time; nothing is allocated per step.
/// </summary>
internal sealed class Evaluator
{
    private readonly IVectorEnvironment environment;
    private readonly IPolicy policy;
    private readonly StepBuffer step;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly ulong seed;
    private readonly long longest;
    private EpisodeScores scores;
    private long decisions;

    /// <param name="policy">The policy that plays, of the environment's sizes; it stays the caller's to dispose.</param>
    /// <param name="environment">Where to play; it stays the caller's to dispose.</param>
    /// <param name="seed">The run's seed, from which those of the episodes follow.</param>
    /// <param name="longest">Decisions after which an episode is cut.</param>
    public Evaluator(IPolicy policy, IVectorEnvironment environment, ulong seed, long longest)
    {
        (this.policy, this.environment, this.seed, this.longest) = (policy, environment, seed, longest);
        step = new StepBuffer(environment);
        observations = new float[environment.AgentCount * environment.ObservationSize];
        actions = new float[environment.AgentCount * environment.ActionSize];
        scores = new EpisodeScores(environment.AgentCount);
    }

    /// <summary>Mean over the agents of the episode that ended last.</summary>
    public double Score => scores.LastMean;

    /// <summary>Standard deviation over the agents.</summary>
    public double Deviation => scores.LastDeviation;

    /// <summary>Whether the episode that ended last was cut before each agent had come to an end.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The sentence that says of an evaluation that <paramref name="episodes"/> of its episodes were cut.</summary>
    public static string DescribeCut(string episodes, long longest) => string.Create(
        CultureInfo.InvariantCulture,
        $"{episodes} cut after {longest:N0} decisions (--longest-episode), before each agent had come to an end; the score is of what was " +
        $"earned by then.");

    /// <summary>Begins evaluation episode <paramref name="index"/>.</summary>
    public void Begin(long index)
    {
        environment.Reset(Seeds.OfEvaluation(seed, index), observations);
        scores = new EpisodeScores(environment.AgentCount);
        decisions = 0;
    }

    /// <summary>One decision of every agent.</summary>
    /// <returns>Whether the episode has ended.</returns>
    public bool Step()
    {
        policy.Act(observations, actions);
        VectorStep result = step.View;
        environment.Step(actions, result);
        result.Observations.CopyTo(observations);
        decisions++;
        bool ended = scores.Add(result);
        WasCut = !ended && decisions >= longest && scores.Cut();
        return ended || WasCut;
    }

    /// <summary>Plays a whole episode.</summary>
    /// <exception cref="OperationCanceledException">It was ended between two decisions.</exception>
    public double Play(long index, CancellationToken cancellation = default)
    {
        Begin(index);
        do
        {
            cancellation.ThrowIfCancellationRequested();
        }
        while (!Step());
        return Score;
    }
}
