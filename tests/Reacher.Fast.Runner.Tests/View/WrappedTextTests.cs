using Reacher.Fast.View;

namespace Reacher.Fast.Runner.Tests.View;

public sealed class WrappedTextTests
{
    [TestCase("", 10, 0, "\n")]
    [TestCase("one two", 7, 0, "one two\n")]
    [TestCase("one two", 6, 0, "one\ntwo\n")]
    [TestCase("one two three", 7, 2, "one two\n  three\n")]
    [TestCase("  one  two", 6, 3, "  one\n   two\n")]
    [TestCase("a/path/longer/than/that and more", 10, 2, "a/path/longer/than/that\n  and more\n")]
    [TestCase("model a/path/longer/than/that", 10, 6, "model a/path/longer/than/that\n")]
    [TestCase("model a/path", 10, 6, "model\n    a/path\n")]
    [TestCase("  model   a/path", 10, 9, "  model\n    a/path\n")]
    [TestCase("one two three", 2, 40, "one two three\n")]
    public void Lines_are_broken_between_words_alone(string line, int width, int indent, string lines) =>
        Assert.That(WrappedText.Of(line, width, indent), Is.EqualTo(lines));
}
