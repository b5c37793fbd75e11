using Reacher.Fast.Replay.Control;
using Reacher.Fast.View;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Tests.Reporting;
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

    private static string[] Draw(RunStatus status)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 160;
        console.Write(LiveView.Draw(status, []));
        return text.ToString().Split('\n');
    }
}
