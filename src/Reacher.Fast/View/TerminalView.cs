using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Reporting;
using Spectre.Console;

namespace Reacher.Fast.View;

/// <summary>The live view, drawn for the size that the terminal has at the moment.</summary>
internal sealed class TerminalView : IRunView
{
    private const int SmallestWidth = 20;
    private const int SmallestHeight = 6;
    private const int SentencesKept = 3;
    // The first moves the cursor to the upper left corner, the second clears the screen and leaves what has scrolled away.
    private const string ClearScreen = "\u001b[H\u001b[2J";

    private readonly OutputPipe output;
    private readonly Queue<string> said = [];
    private LiveDisplayContext? context;
    private (int Width, int Height)? drawn;
    private (RunStatus Status, IReadOnlyList<double> Scores)? last;

    public TerminalView(OutputPipe output)
    {
        this.output = output;
        // A line that Spectre knows nothing of would move what it draws.
        output.Notice = null;
    }

    private static (int Width, int Height) Size =>
        (Math.Max(SmallestWidth, AnsiConsole.Profile.Width), Math.Max(SmallestHeight, AnsiConsole.Profile.Height));

    // The last frame is cleared with the others: how much of it there is room for is known when the summary is.
    public void Run(Action body)
    {
        AnsiConsole.Live(new Markup("[grey]starting[/]")).AutoClear(true).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            context = live;
            body();
        });
        context = null;
    }

    // A frame is drawn over the one before it, so none may be lost between two; a terminal that is stopped (Ctrl-S) gets the next one when
    // it has taken the last.
    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        last = (status, evaluationScores);
        if (context is null || !output.IsDrained)
        {
            return;
        }

        (int Width, int Height) size = Size;
        bool isResized = drawn is not null && drawn != size;
        if (isResized)
        {
            // The terminal has moved and wrapped the lines of the frame before, and nobody knows where to.
            AnsiConsole.Profile.Out.Writer.Write(ClearScreen);
        }

        drawn = size;
        context.UpdateTarget(LiveView.Draw(status, evaluationScores, size.Width, size.Height));
        if (isResized)
        {
            foreach (string sentence in said)
            {
                Write(sentence);
            }
        }

        Park();
    }

    public void Say(string sentence)
    {
        said.Enqueue(sentence);
        if (said.Count > SentencesKept)
        {
            said.Dequeue();
        }

        Write(sentence);
        Park();
    }

    public void Finish(RunSummary summary)
    {
        (int width, int height) = Size;
        string text = WrappedText.OfLines(summary.ToText().TrimEnd('\n'), width, RunSummary.ValueColumn);
        string[] sentences = [.. said.Select(sentence => WrappedText.Of(sentence, width)), text];
        int room = height - sentences.Sum(lines => lines.Count(character => character == '\n'));
        if (last is { } end && room >= SmallestHeight)
        {
            AnsiConsole.Write(LiveView.Draw(end.Status, end.Scores, width, room));
        }

        Console.Write(text);
    }

    // Spectre leaves the cursor behind the last column, from where the ^C that a terminal echoes would move the whole frame up.
    private void Park()
    {
        if (context is not null)
        {
            AnsiConsole.Profile.Out.Writer.Write('\r');
        }
    }

    // Spectre does not erase what it writes over, so a sentence takes its lines whole.
    private static void Write(string sentence)
    {
        int width = Size.Width;
        foreach (string line in WrappedText.Of(sentence, width).TrimEnd('\n').Split('\n'))
        {
            AnsiConsole.MarkupLine($"[yellow]{Markup.Escape(line.PadRight(width))}[/]");
        }
    }
}
