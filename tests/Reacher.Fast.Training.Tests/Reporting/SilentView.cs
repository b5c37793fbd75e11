using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>A view that shows nothing, for what lies around one.</summary>
internal sealed class SilentView : IRunView
{
    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
    }

    public void Say(string sentence)
    {
    }

    public void Finish(RunSummary summary)
    {
    }
}
