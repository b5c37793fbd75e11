using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// A whole window played with the policy that a run leaves. A run that had ended, and was resumed with nothing left to do, keeps the score
/// that it had.
/// </summary>
internal sealed class FinalEvaluation
{
    private readonly RunFolder files;
    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly RunSummary? before;

    /// <summary>Takes the summary of how the run ended last out of its folder, since the run goes on.</summary>
    public FinalEvaluation(RunFolder files, RunPlan plan, ControlBlock control)
    {
        (this.files, this.plan, this.control) = (files, plan, control);
        before = RunSummary.Load(files.Summary);
        File.Delete(files.Summary);
    }

    /// <summary>Mean score of the episodes played so far; not a number before the first.</summary>
    public double Mean { get; private set; } = double.NaN;

    /// <summary>Standard deviation of the scores; not a number until all episodes are played.</summary>
    public double Deviation { get; private set; } = double.NaN;

    /// <summary>Episodes played so far.</summary>
    public int Episodes { get; private set; }

    // Nothing was learned since, so the same policy would play.
    private bool IsPlayed => before is { FinalScore: not null } && before.FinalEpisodes == plan.EvaluationWindow &&
        (before.Transitions, before.Updates) == (control.TotalTransitions, control.Learner.Updates);

    /// <summary>Plays it: with the run's best policy, or else with <paramref name="newest"/>.</summary>
    /// <param name="newest">The policy at the end; empty where none was published.</param>
    /// <param name="player">The run's one player, if it has one; otherwise an environment of the plan's is made.</param>
    /// <param name="played">Called after each episode.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>A sentence if the best policy is damaged, or if a player was lost, which costs the run its last figure and no more.</returns>
    public string? Play(ReadOnlySpan<float> newest, IVectorEnvironment? player, Action played, CancellationToken cancellation)
    {
        if (!plan.FinalEvaluation)
        {
            return null;
        }

        if (IsPlayed)
        {
            (Mean, Deviation, Episodes) = (before!.FinalScore!.Value, before.FinalDeviation ?? double.NaN, before.FinalEpisodes);
            return null;
        }

        try
        {
            ReadOnlySpan<float> weights = newest;
            string? warning = null;
            if (BestPolicy.Find(files, sentence => warning = sentence) is string best)
            {
                PolicyFile.Read(best, out float[] kept);
                weights = kept;
            }

            if (weights.IsEmpty)
            {
                return warning;
            }

            using EvaluationEnvironments environments =
                EvaluationEnvironments.Create(plan, plan.EnvironmentCount, files.Logs, player, cancellation);
            using ActingPolicy policy = ActingPolicy.Create(plan, environments.AgentCount);
            policy.Load(weights);
            EvaluationResult result = PolicyEvaluation.Play(
                policy, environments.All, plan.Seed, plan.EvaluationWindow, plan.LongestEpisode, Count, cancellation);
            (Mean, Deviation) = (result.Mean, result.Deviation);
            return warning ?? result.DescribeCut(plan.LongestEpisode);
        }
        catch (Exception exception) when (exception is PlayerLostException or OperationCanceledException or InputException)
        {
            (Mean, Episodes) = (double.NaN, 0);
            return $"The final policy was not evaluated: {exception.Message}";
        }

        void Count(int episodes, double mean)
        {
            (Episodes, Mean) = (episodes, mean);
            played();
        }
    }
}
