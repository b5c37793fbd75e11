using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Reacher.Fast.Runner.Reporting;

/// <summary>Where a run shows itself. <see cref="Run"/> encloses the whole run, so that a view can own the terminal meanwhile.</summary>
internal abstract class RunReporter
{
    /// <summary>The live view on a terminal, plain lines without one, records with <c>--json</c>.</summary>
    public static RunReporter Create(bool json) =>
        json ? new JsonReporter() : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new LiveReporter() : new PlainReporter();

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

/// <summary>One line every few seconds, in ML-Agents' manner.</summary>
internal sealed class PlainReporter : RunReporter
{
    private const double Interval = 5;
    private double lastShown = double.NegativeInfinity;
    private long lastEvaluation;

    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.ElapsedSeconds - lastShown < Interval)
        {
            return;
        }

        lastShown = status.ElapsedSeconds;
        string training = double.IsNaN(status.TrainingScore)
            ? "No episode was completed since last summary."
            : string.Create(CultureInfo.InvariantCulture, $"Mean Reward: {status.TrainingScore:F3}. Std of Reward: {status.TrainingScoreDeviation:F3}.");
        string evaluation = status.EvaluationEpisodes == lastEvaluation
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $" Evaluation: {status.EvaluationScore:F2}, mean of {status.WindowCount}/{status.WindowSize}: {status.WindowMean:F2} of {status.Threshold:F0}.");
        lastEvaluation = status.EvaluationEpisodes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[INFO] {status.Behavior}. Step: {status.Transitions}. Time Elapsed: {status.ElapsedSeconds:F3} s. {training} Training.{evaluation} {status.UpdatesPerSecond:F0} updates/s."));
    }

    public override void Say(string sentence) => Console.WriteLine($"[WARNING] {sentence}");

    public override void Finish(RunSummary summary)
    {
        Console.WriteLine($"[INFO] {summary.Outcome}.");
        Console.Write(summary.ToText());
    }
}

/// <summary>One JSON object a line: <c>status</c> every second, <c>event</c>, and <c>summary</c> last.</summary>
internal sealed class JsonReporter : RunReporter
{
    private const double Interval = 1;
    private double lastShown = double.NegativeInfinity;

    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.ElapsedSeconds - lastShown >= Interval)
        {
            lastShown = status.ElapsedSeconds;
            Write("status", status);
        }
    }

    public override void Say(string sentence) => Write("event", new { Message = sentence });

    public override void Finish(RunSummary summary) => Write("summary", summary);

    private static void Write<T>(string type, T value)
    {
        var record = JsonSerializer.SerializeToNode(value, JsonStyle.Line)!.AsObject();
        record.Insert(0, "type", type);
        Console.WriteLine(record.ToJsonString(JsonStyle.Line));
    }
}
