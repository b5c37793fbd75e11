using CsCheck;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Options;

public sealed class YamlTextTests
{
    private const string Awkward = " \"'\\:#-,[]{}~\t\r\nnulyesofa01.\x7f\x85\xa0\u2028\ufeff";

    // Half of a surrogate pair is no character, and no file can hold it.
    private static readonly Gen<string> Text = Gen.OneOf(Gen.String, Gen.String[Gen.Char[Awkward], 0, 6])
        .Where(text => !text.Any(char.IsSurrogate));

    [Test]
    public void Any_text_reads_back_as_what_it_was() => Text.Sample(text => Read($"key: {YamlText.Scalar(text)}") == text, iter: 10_000);

    [Test]
    public void So_does_any_text_in_quotes() => Text.Sample(text => Read($"key: {YamlText.Quoted(text)}") == text, iter: 10_000);

    [Test]
    public void Null_is_no_text() => Assert.That(Read($"key: {YamlText.Scalar(null)}"), Is.Null);

    private static string? Read(string yaml) => ((YamlScalar)YamlTree.Parse(yaml, "test").Entries[0].Value).Text;
}
