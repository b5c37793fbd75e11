using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// The environments in which an evaluation's episodes are played side by side. Each has the agents of one episode, and there are several where
/// an environment costs no more than its memory: of a Unity player there is one.
/// </summary>
internal sealed class EvaluationEnvironments : IDisposable
{
    private readonly List<IVectorEnvironment> all = [];
    private readonly IVectorEnvironment? borrowed;

    private EvaluationEnvironments(IVectorEnvironment? borrowed) => this.borrowed = borrowed;

    /// <summary>One or more.</summary>
    public IReadOnlyList<IVectorEnvironment> All => all;

    /// <summary>Agents of all episodes.</summary>
    public int AgentCount => all.Sum(environment => environment.AgentCount);

    /// <summary>Makes them.</summary>
    /// <param name="plan">The plan of the run; a saved one that knows of no width plays one episode at a time.</param>
    /// <param name="worker">Number of the process that steps them.</param>
    /// <param name="logs">The folder for a player's log; null for none.</param>
    /// <param name="borrowed">The first of them, if there is one already; it stays the caller's to dispose.</param>
    /// <param name="cancellation">Ends any wait for a player.</param>
    /// <exception cref="Core.InputException">One cannot be made.</exception>
    public static EvaluationEnvironments Create(
        RunPlan plan, int worker, string? logs = null, IVectorEnvironment? borrowed = null, CancellationToken cancellation = default)
    {
        var made = new EvaluationEnvironments(borrowed);
        try
        {
            if (borrowed is not null)
            {
                made.all.Add(borrowed);
            }

            EnvironmentOptions options = Of(plan);
            int count = plan.Environment.IsPlayer ? 1 : plan.EvaluationEpisodes;
            while (made.all.Count < count)
            {
                made.all.Add(EnvironmentFactory.Create(options, worker, logs, cancellation: cancellation));
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>What one of them is made from: the run's environment with the agents of an evaluation.</summary>
    public static EnvironmentOptions Of(RunOptions options) =>
        options.Environment with { Agents = options.EvaluationAgents ?? options.Environment.Agents };

    public void Dispose()
    {
        foreach (IVectorEnvironment environment in all.Where(one => one != borrowed))
        {
            environment.Dispose();
        }

        all.Clear();
    }
}
