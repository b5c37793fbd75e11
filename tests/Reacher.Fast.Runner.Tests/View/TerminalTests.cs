using System.Globalization;
using System.Text.RegularExpressions;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.View;

/// <summary>What a run writes to a terminal of so many columns, made by script(1), from its first line to its last.</summary>
[NonParallelizable]
public sealed partial class TerminalTests
{
    [TestCase("xterm-256color", 60, 20)]
    [TestCase("xterm-256color", 80, 24)]
    [TestCase("dumb", 80, 24)]
    public void No_line_is_longer_than_the_terminal_and_the_last_frame_stays_with_the_summary(string terminal, int columns, int lines)
    {
        using var folder = new TemporaryFolder();
        string shell = "command -v script > /dev/null || exit 77; cd \"$0\"; " + string.Create(
            CultureInfo.InvariantCulture, $"exec script -qfec \"stty cols {columns} rows {lines}; TERM={terminal} $*\" /dev/null");
        // A flag that is not used brings a warning ahead of the view.
        IEnumerable<string> arguments = SmallRun("results", "a", "--max-steps", "1000", "--no-final-evaluation", "--num-areas", "3")
            .Where(argument => argument != "--json");
        using RunnerProcess run = StartFromShell(shell, folder.Path, arguments);
        int code = run.WaitForExit();
        if (code == 77)
        {
            Assert.Ignore("There is no script(1) here.");
        }

        string output = run.RemainingOutput();
        Assert.That(code, Is.Zero, output);
        string[] shown = [.. Escape().Replace(output, "").Split('\n', '\r').Select(line => line.TrimEnd())];
        // A path is one word and stays whole, so that it can be copied; where temporary files lie deep, it is longer than a line.
        Assert.That(shown.Where(line => line.Length > columns && line.Trim().Contains(' ', StringComparison.Ordinal)), Is.Empty);
        string text = string.Join(' ', shown.Where(line => line.Length > 0));
        text = text[..Math.Min(text.Length, 1000)] + text[^Math.Min(text.Length, 1000)..];
        Assert.That(text, Does.Contain("[INFO] Options that were not given have the values for the 20 arms of Unity's scene."));
        Assert.That(text, Does.Contain("warning: --num-areas is not used here: one area is used."));
        Assert.That(text, Does.Match("folder +" + Regex.Escape(folder["results/a"])), "the final view");
        if (terminal == "dumb")
        {
            Assert.That(output, Does.Not.Contain('\u001b'));
            return;
        }

        string end = Escape().Replace(output[output.LastIndexOf("Reacher.Fast", StringComparison.Ordinal)..], "");
        Assert.That(end, Does.Contain("ended, ").And.Contain("  outcome "), "the last frame, and the summary below it");
        Assert.That(end.Split('\n'), Has.Length.AtMost(lines), "nothing of them has scrolled away");
    }

    // Control sequences of the terminal (ECMA-48, section 5.4).
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]")]
    private static partial Regex Escape();
}
