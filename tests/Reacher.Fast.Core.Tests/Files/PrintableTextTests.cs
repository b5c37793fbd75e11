using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Tests.Files;

/// <summary>What a terminal would obey is shown, and what would fill it is cut.</summary>
public sealed class PrintableTextTests
{
    [TestCase("plain, as it is", "plain, as it is")]
    [TestCase("Umlaute äöü, 中文, \U0001F600", "Umlaute äöü, 中文, \U0001F600")]
    [TestCase("\x1b[31mred\x1b]0;title\a", "\\x1b[31mred\\x1b]0;title\\x07")]
    [TestCase("\r\b\0\u009b2J\u007f", "\\x0d\\x08\\x00\\x9b2J\\x7f")]
    [TestCase("\u202eoz.exe\u2028\ufeff", "\\u202eoz.exe\\u2028\\ufeff")]
    [TestCase("two\nlines\tand a tab", "two\nlines\tand a tab")]
    public void Control_characters_become_visible(string text, string shown) => Assert.That(PrintableText.Of(text), Is.EqualTo(shown));

    // Not among the cases above: metadata, where these lie, cannot hold half of a character.
    [Test]
    public void Half_of_a_character_becomes_visible() => Assert.That(PrintableText.Of("\ud800 half"), Is.EqualTo("\\ud800 half"));

    [Test]
    public void What_is_too_long_is_cut()
    {
        Assert.That(PrintableText.Of(new string('x', 100_000), 10), Is.EqualTo("xxxxxxxxxx..."));
        Assert.That(PrintableText.Of("1234567890", 10), Is.EqualTo("1234567890"));
        Assert.That(PrintableText.Of(new string('\x1b', 100_000)), Has.Length.LessThan(5 * PrintableText.Longest));
    }

    [Test]
    public void A_name_stays_on_its_line() => Assert.That(QuotedName.Of("a\nb\tc"), Is.EqualTo("'a\\x0ab\\x09c'"));
}
