using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>A reporter that shows nothing, for what lies around one.</summary>
internal sealed class SilentReporter : RunReporter
{
    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
    }

    public override void Say(string sentence)
    {
    }

    public override void Finish(RunSummary summary)
    {
    }
}
