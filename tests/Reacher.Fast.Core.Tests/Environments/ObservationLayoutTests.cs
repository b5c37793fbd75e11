using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Core.Tests.Environments;

public sealed class ObservationLayoutTests
{
    [TestCase("33", 33, 1)]
    [TestCase("2;3", 5, 2)]
    [TestCase("2;3;20x4", 85, 3)]
    [TestCase("3x8x6", 144, 1)]
    [TestCase("1048576", 1 << 20, 1)]
    public void Its_text_says_all_of_it(string text, int size, int sensors)
    {
        ObservationLayout layout = ObservationLayout.Parse(text)!;
        Assert.That((layout.Size, layout.Shapes.Count, layout.ToString()), Is.EqualTo((size, sensors, text)));
        Assert.That(layout.IsVector, Is.EqualTo(text == $"{size}"));
    }

    [TestCase("")]
    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase("2;")]
    [TestCase("2x")]
    [TestCase("2,3")]
    [TestCase(" 2")]
    [TestCase("1048577")]
    [TestCase("1048576;1")]
    [TestCase("1024x1025")]
    [TestCase("65536x65536x65536x65536x65536")]
    [TestCase("99999999999")]
    public void What_is_no_layout_is_none(string text) => Assert.That(ObservationLayout.Parse(text), Is.Null);

    [Test]
    public void Two_are_equal_by_their_shapes()
    {
        Assert.That(ObservationLayout.Parse("2;3"), Is.EqualTo(new ObservationLayout([[2], [3]])));
        Assert.That(ObservationLayout.Parse("2;3"), Is.Not.EqualTo(ObservationLayout.Parse("3;2")));
        Assert.That(ObservationLayout.Parse("2x3"), Is.Not.EqualTo(ObservationLayout.Parse("3x2")));
        Assert.That(ObservationLayout.Parse("5"), Is.Not.EqualTo(ObservationLayout.Parse("2;3")));
    }
}
