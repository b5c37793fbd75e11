using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.Runner.View;

/// <summary>The live view.</summary>
internal sealed class LiveReporter : RunReporter
{
    private LiveDisplayContext? context;

    public override void Run(Action body) =>
        AnsiConsole.Live(new Markup("[grey]starting[/]")).AutoClear(false).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            context = live;
            body();
        });

    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores) =>
        context?.UpdateTarget(LiveView.Draw(status, evaluationScores));

    public override void Say(string sentence) => AnsiConsole.MarkupLine($"[yellow]{Markup.Escape(sentence)}[/]");

    public override void Finish(RunSummary summary) => AnsiConsole.Write(summary.ToText());
}
