using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.Runner.View;

/// <summary>The live view.</summary>
internal sealed class TerminalView : IRunView
{
    private LiveDisplayContext? context;

    public void Run(Action body) =>
        AnsiConsole.Live(new Markup("[grey]starting[/]")).AutoClear(false).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            context = live;
            body();
        });

    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores) =>
        context?.UpdateTarget(LiveView.Draw(status, evaluationScores));

    public void Say(string sentence) => AnsiConsole.MarkupLine($"[yellow]{Markup.Escape(sentence)}[/]");

    public void Finish(RunSummary summary) => AnsiConsole.Write(summary.ToText());
}
