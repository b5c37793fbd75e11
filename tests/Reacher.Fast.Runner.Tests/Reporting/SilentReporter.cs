using Reacher.Fast.Runner.Reporting;

namespace Reacher.Fast.Runner.Tests.Reporting;

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
