using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// The best policy of a run so far, <c>best.safetensors</c> beside its checkpoints: the one whose evaluation had the highest mean, if that
/// reached the threshold. An evaluation of fewer than <see cref="EpisodesOfOneEvaluation"/> episodes says too little alone: there it is the
/// policy of the moment at which the mean of <see cref="Episodes"/> episodes in a row was highest. A run is evaluated, exported and reported
/// by it in the end, because the newest weights are those of an arbitrary moment. The run's evaluation episodes judge which policy is best;
/// other episodes judge how good it is.
/// </summary>
internal sealed class BestPolicy
{
    /// <summary>
    /// Evaluation episodes that judge a policy where they are played one after another: the mean of 20 of the arm's deviates by 0.1, and in
    /// their time the averaged weights hardly move.
    /// </summary>
    public const int Episodes = 20;

    /// <summary>
    /// From so many episodes on an evaluation judges its policy alone. A mean over two evaluations is that of two policies, which may be a
    /// point apart on the arm; the mean of ten episodes of one good policy deviates by 0.05.
    /// </summary>
    public const int EpisodesOfOneEvaluation = 10;

    // Where nothing counts as solved a policy is kept from early on, and a run may be too short for many episodes.
    private const int EpisodesWithoutThreshold = 5;

    private const string ScoreKey = "evaluation_mean";

    private readonly string path;
    private readonly PolicySpec spec;
    private readonly EvaluationWindow window;
    private double best;
    private bool warned;

    /// <param name="files">The run's folder.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="episodes">The run's evaluation episodes so far: the last of them judge the next policy too.</param>
    public BestPolicy(RunFolder files, RunPlan plan, IEnumerable<EvaluationRecord> episodes)
    {
        path = files.BestPolicy;
        spec = plan.PolicySpec;
        int judges = plan.Threshold is null ? EpisodesWithoutThreshold : Episodes;
        window = EvaluationWindow.Over(Math.Min(judges, plan.EvaluationWindow), plan.Threshold, episodes);
        best = ScoreOf(path);
    }

    /// <summary>The file that a run keeps it in; null while it has none, and where the file is damaged: the newest policy is good as well.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="warn">Takes a sentence about a damaged file.</param>
    public static string? Find(RunFolder run, Action<string> warn)
    {
        if (!File.Exists(run.BestPolicy))
        {
            return null;
        }

        try
        {
            PolicyFile.Read(run.BestPolicy, out _);
            return run.BestPolicy;
        }
        catch (InputException damaged)
        {
            warn($"{damaged.Message} The run's newest policy is taken instead of its best.");
            return null;
        }
    }

    /// <summary>Takes the scores of an evaluation's episodes and the policy that reached them; keeps the policy if it is the best so far.</summary>
    /// <returns>A warning if it could not be kept and the last one could.</returns>
    public string? Add(ReadOnlySpan<double> scores, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (double score in scores)
        {
            window.Add(score);
            sum += score;
        }

        bool judgesAlone = scores.Length >= EpisodesOfOneEvaluation;
        double mean = judgesAlone ? sum / scores.Length : window.Mean;
        if (!(judgesAlone || window.IsFull) || mean < window.Threshold || mean <= best)
        {
            return null;
        }

        StateDictionary state = PolicyFile.ToState(spec, weights);
        state.Metadata[ScoreKey] = mean.ToString("R", CultureInfo.InvariantCulture);
        try
        {
            Safetensors.Write(state, path);
            best = mean;
            warned = false;
            return null;
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            if (warned)
            {
                return null;
            }

            warned = true;
            return $"The best policy so far was not kept in '{path}': {AtomicFile.Reason(error)}; the one before it stays.";
        }
    }

    private static double ScoreOf(string path)
    {
        try
        {
            return Safetensors.Read(path).Metadata.TryGetValue(ScoreKey, out string? text) &&
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double score) ? score : double.NegativeInfinity;
        }
        catch (InputException error) when (!IoFailure.IsBehind(error))
        {
            // There is none, or it is damaged. One that only could not be looked into must not be replaced by a worse one.
            return double.NegativeInfinity;
        }
    }
}
