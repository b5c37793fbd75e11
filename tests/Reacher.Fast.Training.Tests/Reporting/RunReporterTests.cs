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

    [Test]
    public void One_that_fails_is_said_once_and_ends_no_run()
    {
        var calls = new List<string>();
        var failing = new Listener("first", calls) { Failure = new UnauthorizedAccessException("It may not.") };
        var reporter = new RunReporter(new Listener("view", calls), failing, new Listener("second", calls));
        reporter.Show(SyntheticRun.Status(0, 0), []);
        reporter.Show(SyntheticRun.Status(0, 0), []);
        reporter.Finish(SyntheticRun.Summary(1));
        Assert.That(calls, Is.EqualTo(new[]
        {
            "view says What is shown or recorded of the run is incomplete: It may not.", "second sees 0", "view shows 0",
            "second sees 0", "view shows 0", "second ends", "view finishes",
        }));

        calls.Clear();
        reporter = new RunReporter(new Listener("view", calls) { Failure = new IOException("Gone.") }, new Listener("first", calls));
        reporter.Show(SyntheticRun.Status(0, 0), []);
        reporter.Say("Nobody hears this.");
        reporter.Finish(SyntheticRun.Summary(1));
        Assert.That(calls, Is.EqualTo(new[] { "first sees 0", "first ends" }));
    }

    [Test]
    public void What_a_terminal_would_obey_does_not_reach_a_view()
    {
        var calls = new List<string>();
        new RunReporter(new Listener("view", calls)).Say("The player 'a\x1b[2J' left.");
        Assert.That(calls, Is.EqualTo(new[] { "view says The player 'a\\x1b[2J' left." }));
    }

    private sealed class Listener(string name, List<string> calls) : IRunView, IRunObserver
    {
        public string? Sentence { get; init; }

        public Exception? Failure { get; init; }

        public void Run(Action body)
        {
            calls.Add($"{name} runs");
            body();
        }

        public void Show(RunStatus status, IReadOnlyList<double> evaluationScores) => Call($"{name} shows {evaluationScores.Count}");

        public void Say(string sentence) => Call($"{name} says {sentence}");

        public void Finish(RunSummary summary) => Call($"{name} finishes");

        public string? OnStatus(RunStatus status, IReadOnlyList<double> evaluationScores)
        {
            Call($"{name} sees {evaluationScores.Count}");
            return Sentence;
        }

        public string? OnFinished(RunSummary summary)
        {
            Call($"{name} ends");
            return Sentence;
        }

        private void Call(string call)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            calls.Add(call);
        }
    }
}
