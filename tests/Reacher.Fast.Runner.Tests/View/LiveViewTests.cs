using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Tests.Reporting;
using Reacher.Fast.View;
using Spectre.Console;

namespace Reacher.Fast.Runner.Tests.View;

/// <summary>What the terminal shows of a status.</summary>
public sealed class LiveViewTests
{
    [Test]
    public void The_learner_s_figures_stand_in_their_rows()
    {
        string[] lines = Draw(SyntheticRun.Status(100, 1) with { Figures = [0.0123, 0, 0, 6, 7.125, -5.5, 8, 0.002, 10.5, 0.011] });

        Assert.That(lines, Has.One.Matches(@" Q +6\.00 +target 7\.1[23], loss 0\.0123"));
        Assert.That(lines, Has.One.Matches(@" policy loss +-5\.50 +entropy 8\.00"));
        Assert.That(lines, Has.One.Matches(@" alpha +0\.002 "));
        Assert.That(lines, Has.One.Matches(@" gradient norms +10\.5 +critics, 0\.011 policy"));
        string[] rows = [" replay ", " Q ", " policy loss ", " alpha ", " gradient norms "];
        Assert.That(rows.Select(row => Array.FindIndex(lines, line => line.Contains(row, StringComparison.Ordinal))), Is.Ordered.And.Unique);
    }

    [Test]
    public void A_phase_and_the_processes_are_in_words()
    {
        string[] lines = Draw(SyntheticRun.Status(100, 1) with
        {
            Phase = RunPhase.FillingTheWindow,
            Processes = [new("learner", ProcessPhase.Running, 90.4, 0), new("env-0", ProcessPhase.Waiting, 10, 2)],
        });

        Assert.That(lines[0], Does.StartWith("Reacher.Fast a  filling the window, 10 s"));
        Assert.That(lines, Has.One.Contains("● learner running 90 %   ● env-0 waiting 10 %, restarted 2x"));
    }

    [Test]
    public void Nothing_wraps_and_nothing_scrolls_away(
        [Values(20, 40, 60, 80, 100, 200)] int width,
        [Values(6, 10, 20, 24, 50)] int height,
        [Values(0, 3, 66)] int processes,
        [Values(0, 2, 64)] int machines,
        [Values] RunPhaseName phase)
    {
        double[] scores = [.. Enumerable.Range(0, 500).Select(i => -2000d + (i * 5))];
        string[] lines = Draw(
            SyntheticRun.Status(123_456_789_012, 1_000_000) with
            {
                RunId = "a-run-with-a-name-that-is-as-long-as-names-of-runs-may-be",
                Phase = Enum.Parse<RunPhase>(phase.ToString()),
                ElapsedSeconds = 1e6,
                SecondsToSolved = 1e6,
                EvaluationEpisodes = 100_000,
                EvaluationScore = -123_456.7,
                WindowMean = -123_456.7,
                Figures = [.. Enumerable.Repeat(-1.2345e-30, 10)],
                Processes = [.. Enumerable.Range(0, processes).Select(i => new ProcessStatus($"env-{i}", ProcessPhase.Waiting, 100, 12))],
                Machines = machines == 0 ? null : [.. Enumerable.Range(0, machines).Select(i => Machine("a-machine-with-a-long-name", i) with
                {
                    RowsPerSecond = 1e9, Waiting = 1 << 30, WeightsBehind = 1 << 30, SilentSeconds = i % 3 == 1 ? 1e9 : 0,
                })],
            },
            scores,
            width,
            height);
        Assert.That(lines.Select(line => line.Length), Is.All.AtMost(width));
        Assert.That(lines, Has.Length.LessThan(height < 20 ? height : height - 1), "what was said last stays to be read");
        Assert.That(lines[0], Does.StartWith("Reacher.Fast a-"));
        int shown = lines.Sum(line => line.Split('●').Length - 1);
        string rest = shown == 0 ? $"{processes} processes" : $"and {processes - shown} more";
        Assert.That(processes == 0 || shown == processes || lines[^1] == rest, Is.True, lines[^1]);
    }

    [Test]
    public void Each_machine_that_has_joined_has_a_line_in_80_columns_and_the_silent_ones_come_first()
    {
        JoinedStatus[] machines =
        [
            Machine("left", 0) with { RowsPerSecond = 12_345.6, Waiting = 678, WeightsBehind = 90 },
            Machine("a-name-as-long-as-few-are", 1) with { Environments = 12, RowsPerSecond = 1e6, Waiting = 12_345, WeightsBehind = 1234 },
            Machine("gone\u001b[2J", 2) with { SilentSeconds = 75.2 },
        ];
        Assert.That(Machines(machines), Is.EqualTo(new[]
        {
            "◆ gone?[2J          2 env silent for 75 s",
            "◆ left              2 env    12,346 rows/s     678 waiting, weights 90 behind",
            "◆ a-name-as-long-… 12 env 1,000,000 rows/s  12,345 waiting, weights 1234 behind",
        }));
        Assert.That(Machines([.. machines, machines[0]]), Has.Length.EqualTo(3).And.Some.EqualTo("◆ and 2 more machines, 1,012,346 rows/s"));
        Assert.That(
            Machines([machines[2], machines[2], machines[2], machines[0]])[^1],
            Is.EqualTo("◆ and 2 more machines, 1 silent, 12,347 rows/s"));
        Assert.That(Machines([]), Is.Empty);
        Assert.That(Machines(null), Is.Empty);

        static string[] Machines(JoinedStatus[]? machines) =>
        [
            .. Draw(SyntheticRun.Status(100, 1) with { Machines = machines }, width: 80)
                .Where(line => line.Contains('◆')).Select(line => line.TrimEnd()),
        ];
    }

    [TestCase(80, 24, 8, 0)]
    [TestCase(80, 24, 5, 3)]
    [TestCase(80, 24, 5, 9)]
    [TestCase(60, 20, 3, 0)]
    [TestCase(60, 20, 0, 2)]
    [TestCase(200, 50, 20, 9)]
    public void The_plot_takes_what_room_there_is_and_all_figures_are_shown(int width, int height, int plot, int machines)
    {
        string[] lines = Draw(
            SyntheticRun.Status(100, 1) with
            {
                Machines = [.. Enumerable.Range(0, machines).Select(i => Machine("machine", i))],
                Processes = [.. Enumerable.Range(0, 3).Select(i => new ProcessStatus($"env-{i}", ProcessPhase.Waiting, 9, 0))],
            },
            [0, 10, 20],
            width,
            height);
        Assert.That(lines.Count(line => line.StartsWith("│ ", StringComparison.Ordinal)), Is.EqualTo(plot == 0 ? 0 : plot + 1));
        string[] figures = ["episodes ", "transitions ", "updates ", "per transition ", "replay ", "Q ", "policy loss ", "alpha ", "gradient norms "];
        foreach (string figure in figures)
        {
            Assert.That(lines, Has.One.Contains(figure));
        }
    }

    [Test]
    public void A_task_without_a_threshold_is_drawn_between_its_own_scores()
    {
        RunStatus status = SyntheticRun.Status(100, 1) with { Threshold = null, EvaluationEpisodes = 3, WindowMean = -900 };
        string[] lines = Draw(status, [-1600, -800, -300], 80, 24);
        Assert.That(lines, Has.One.StartsWith("│     0 ⠀"));
        Assert.That(lines, Has.One.StartsWith("│ -1600 "));
        Assert.That(lines, Has.One.Matches("is -900\\.0 +│"), string.Join("\n", lines));
    }

    public enum RunPhaseName
    {
        Starting,
        FillingTheWindow,
        EvaluatingTheFinalPolicy,
    }

    private static JoinedStatus Machine(string name, int place) => new()
    {
        Name = name, Place = place, Environments = 2, Rows = 1, RowsPerSecond = 1, Waiting = 1, WeightsBehind = 1, SilentSeconds = 0,
    };

    private static string[] Draw(RunStatus status, IReadOnlyList<double>? scores = null, int width = 160, int height = 24)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Write(LiveView.Draw(status, scores ?? [], width, height));
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
