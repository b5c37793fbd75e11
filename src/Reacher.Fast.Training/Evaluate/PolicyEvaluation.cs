using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>Scores of evaluation episodes.</summary>
/// <param name="Scores">One an episode: the mean over its agents.</param>
internal sealed record EvaluationResult(IReadOnlyList<double> Scores)
{
    public double Mean => Scores.Average();

    public double Deviation
    {
        get
        {
            double mean = Mean;
            return Math.Sqrt(Scores.Average(score => (score - mean) * (score - mean)));
        }
    }

    public double Minimum => Scores.Min();

    public double Maximum => Scores.Max();
}

/// <summary>Plays evaluation episodes with one set of weights, one after another.</summary>
internal static class PolicyEvaluation
{
    // These episodes are others than those by which a run chose its best policy, because by the scores that chose it the policy would
    // look better than it is.
    private const long FirstEpisode = 1L << 32;

    /// <param name="plan">The plan of the run.</param>
    /// <param name="weights">The weights of the policy that plays.</param>
    /// <param name="episodes">How many episodes are played.</param>
    /// <param name="environment">The environment to play in, which is not disposed; null for one of the plan's own.</param>
    /// <param name="logs">The folder for the log of a player of the plan's own; null for none.</param>
    /// <param name="progress">Told, after each episode, how many have been played; may be null.</param>
    /// <param name="cancellation">Ends it between two decisions, and any wait for a player.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static EvaluationResult Play(
        RunPlan plan,
        ReadOnlySpan<float> weights,
        int episodes,
        IVectorEnvironment? environment = null,
        string? logs = null,
        Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        using IVectorEnvironment? own = environment is null
            ? EnvironmentFactory.Create(plan.Environment, plan.EnvironmentCount, logs, cancellation: cancellation)
            : null;
        using var evaluator = new Evaluator(plan, environment ?? own!);
        double[] scores = new double[episodes];
        for (int i = 0; i < episodes; i++)
        {
            scores[i] = evaluator.Play(FirstEpisode + i, weights, cancellation);
            progress?.Invoke(i + 1);
        }

        return new EvaluationResult(scores);
    }
}
