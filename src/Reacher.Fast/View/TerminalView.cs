using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.View;

/// <summary>The live view.</summary>
internal sealed class TerminalView : IRunView
{
    private readonly OutputPipe output;
    private LiveDisplayContext? context;

    public TerminalView(OutputPipe output)
    {
        this.output = output;
        // A line that Spectre knows nothing of would move what it draws.
        output.Notice = null;
    }

    public void Run(Action body) =>
        AnsiConsole.Live(new Markup("[grey]starting[/]")).AutoClear(false).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            context = live;
            body();
        });

    // A frame is drawn over the one before it, so none may be lost between two; a terminal that is stopped (Ctrl-S) gets the next one when
    // it has taken the last.
    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (output.IsDrained)
        {
            context?.UpdateTarget(LiveView.Draw(status, evaluationScores));
        }
    }

    public void Say(string sentence) => AnsiConsole.MarkupLine($"[yellow]{Markup.Escape(sentence)}[/]");

    public void Finish(RunSummary summary) => AnsiConsole.Write(summary.ToText());
}
