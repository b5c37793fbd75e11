using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// The last evaluation scores. Solved is the mean of a <b>full</b> window at or above the threshold; a window that is not yet full has a
/// mean, of too few scores to prove anything (docs/regressions.md, I).
/// </summary>
internal sealed class EvaluationWindow(int size, double? threshold)
{
    private readonly Queue<double> scores = new(size);

    public int Size { get; } = size;

    /// <summary>The mean at which the task is solved; null for a task that has none.</summary>
    public double? Threshold { get; } = threshold;

    public int Count => scores.Count;

    public bool IsFull => scores.Count == Size;

    /// <summary>Mean of what is there; not a number when nothing is. Summed afresh, so that it does not drift over a run of days.</summary>
    public double Mean => scores.Count == 0 ? double.NaN : scores.Average();

    public bool IsSolved => IsFull && Mean >= Threshold;

    /// <summary>A run's window, as the episodes so far have filled it.</summary>
    public static EvaluationWindow Over(RunPlan plan, IEnumerable<EvaluationRecord> episodes) =>
        Over(plan.EvaluationWindow, plan.Threshold, episodes);

    /// <summary>A window of another size, as the episodes so far have filled it.</summary>
    public static EvaluationWindow Over(int size, double? threshold, IEnumerable<EvaluationRecord> episodes)
    {
        var window = new EvaluationWindow(size, threshold);
        foreach (EvaluationRecord episode in episodes)
        {
            window.Add(episode.Score);
        }

        return window;
    }

    public void Add(double score)
    {
        if (scores.Count == Size)
        {
            scores.Dequeue();
        }

        scores.Enqueue(score);
    }
}
