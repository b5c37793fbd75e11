using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Run;

/// <summary>What a supervisor makes of its children's lines.</summary>
public sealed class OutputLineTests
{
    [TestCase("warning: the disk is full", "the disk is full", null, "WARNING")]
    [TestCase("reacher-fast: the GPU is gone", null, "the GPU is gone", "ERROR")]
    [TestCase("learning on a GPU", null, null, "INFO")]
    [TestCase("no warning: here", null, null, "INFO")]
    [TestCase("", null, null, "INFO")]
    public void A_line_is_known_by_its_beginning(string line, string? warning, string? error, string level)
    {
        Assert.That(OutputLine.WarningIn(line), Is.EqualTo(warning));
        Assert.That(OutputLine.ErrorIn(line), Is.EqualTo(error));
        Assert.That(OutputLine.LevelOf(line), Is.EqualTo(level));
    }

    [Test]
    [NonParallelizable]
    public void What_is_written_is_known_when_it_is_read()
    {
        TextWriter before = Console.Error;
        using var written = new StringWriter();
        Console.SetError(written);
        try
        {
            OutputLine.WriteWarning("one");
            OutputLine.WriteError("two");
            OutputLine.WriteWarning("\x1b[2J" + new string('x', 100_000));
        }
        finally
        {
            Console.SetError(before);
        }

        string[] lines = written.ToString().Split(Environment.NewLine);
        Assert.That((OutputLine.WarningIn(lines[0]), OutputLine.ErrorIn(lines[1])), Is.EqualTo(("one", "two")));
        Assert.That(lines[2], Does.StartWith("warning: \\x1b[2Jxx").And.EndsWith("x...").And.Length.LessThan(5000));
    }
}
