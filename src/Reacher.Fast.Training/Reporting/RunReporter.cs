using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Reporting;

/// <summary>Shows a run to people: the live view, plain lines or JSON.</summary>
internal interface IRunView
{
    /// <summary>Encloses the whole run, so that a view can own the terminal meanwhile.</summary>
    void Run(Action body) => body();

    /// <summary>Shows how things stand, some times a second.</summary>
    /// <param name="status">The run's status at this moment.</param>
    /// <param name="evaluationScores">The scores of the whole run's evaluation episodes, the oldest first.</param>
    void Show(RunStatus status, IReadOnlyList<double> evaluationScores);

    /// <summary>Shows something the user should know: a restart, a warning.</summary>
    void Say(string sentence);

    /// <summary>Shows what the run came to.</summary>
    void Finish(RunSummary summary);
}

/// <summary>Looks on while a run is shown, and records or sends what it sees.</summary>
internal interface IRunObserver
{
    /// <summary>Called some times a second, before the view shows the same status.</summary>
    /// <returns>A sentence that the user should read; usually null.</returns>
    string? OnStatus(RunStatus status, IReadOnlyList<double> evaluationScores);

    /// <summary>Called once at the run's end.</summary>
    /// <returns>A sentence that the user should read; usually null.</returns>
    string? OnFinished(RunSummary summary) => null;
}

/// <summary>
/// What a run reports to: one view, and observers, which see everything in their order and before the view does. One that fails is asked
/// again the next time, and is no reason for the run to end; the user is told of its first failure.
/// </summary>
internal sealed class RunReporter(IRunView view, params IReadOnlyList<IRunObserver> observers)
{
    private readonly HashSet<object> failed = [];

    public void Run(Action body) => view.Run(body);

    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        foreach (IRunObserver observer in observers)
        {
            Ask(observer, () => observer.OnStatus(status, evaluationScores));
        }

        Ask(view, () =>
        {
            view.Show(status, evaluationScores);
            return null;
        });
    }

    public void Say(string sentence)
    {
        try
        {
            view.Say(PrintableText.Of(sentence));
        }
        catch (Exception)
        {
            // There is nobody to tell that nothing can be told.
        }
    }

    /// <summary>Says it, if there is something to be said.</summary>
    public void Warn(string? sentence)
    {
        if (sentence is not null)
        {
            Say(sentence);
        }
    }

    public void Finish(RunSummary summary)
    {
        foreach (IRunObserver observer in observers)
        {
            Ask(observer, () => observer.OnFinished(summary));
        }

        Ask(view, () =>
        {
            view.Finish(summary);
            return null;
        });
    }

    private void Ask(object listener, Func<string?> question)
    {
        try
        {
            Warn(question());
        }
        catch (Exception error)
        {
            if (failed.Add(listener))
            {
                Say($"What is shown or recorded of the run is incomplete: {error.Message}");
            }
        }
    }
}
