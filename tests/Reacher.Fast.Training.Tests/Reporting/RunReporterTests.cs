using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>Who sees a status when, and who gets to say something about it.</summary>
public sealed class RunReporterTests
{
    [Test]
    public void Observers_come_in_their_order_and_before_the_view_and_speak_through_it()
    {
        var calls = new List<string>();
        var second = new Listener("second", calls) { Sentence = "A word." };
        var reporter = new RunReporter(new Listener("view", calls), new Listener("first", calls), second);

        reporter.Run(() => reporter.Show(SyntheticRun.Status(0, 0), [1.0]));
        reporter.Warn(null);
        reporter.Say("A sentence.");
        reporter.Finish(SyntheticRun.Summary(1));

        Assert.That(calls, Is.EqualTo(new[]
        {
            "view runs", "first sees 1", "second sees 1", "view says A word.", "view shows 1", "view says A sentence.",
            "first ends", "second ends", "view says A word.", "view finishes",
        }));
    }

    private sealed class Listener(string name, List<string> calls) : IRunView, IRunObserver
    {
        public string? Sentence { get; init; }

        public void Run(Action body)
        {
            calls.Add($"{name} runs");
            body();
        }

        public void Show(RunStatus status, IReadOnlyList<double> evaluationScores) => calls.Add($"{name} shows {evaluationScores.Count}");

        public void Say(string sentence) => calls.Add($"{name} says {sentence}");

        public void Finish(RunSummary summary) => calls.Add($"{name} finishes");

        public string? OnStatus(RunStatus status, IReadOnlyList<double> evaluationScores)
        {
            calls.Add($"{name} sees {evaluationScores.Count}");
            return Sentence;
        }

        public string? OnFinished(RunSummary summary)
        {
            calls.Add($"{name} ends");
            return Sentence;
        }
    }
}
