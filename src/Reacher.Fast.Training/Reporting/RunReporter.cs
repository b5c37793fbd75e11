namespace Reacher.Fast.Training.Reporting;

/// <summary>Where a run shows itself. <see cref="Run"/> encloses the whole run, so that a view can own the terminal meanwhile.</summary>
internal abstract class RunReporter
{
    public virtual void Run(Action body) => body();

    /// <summary>The state of things, some times a second.</summary>
    /// <param name="status">Now.</param>
    /// <param name="evaluationScores">Of the whole run, oldest first.</param>
    public abstract void Show(RunStatus status, IReadOnlyList<double> evaluationScores);

    /// <summary>Something the user should know: a restart, a warning.</summary>
    public abstract void Say(string sentence);

    public abstract void Finish(RunSummary summary);

    /// <summary>Says it, if there is something to be said.</summary>
    public void Warn(string? sentence)
    {
        if (sentence is not null)
        {
            Say(sentence);
        }
    }
}
