using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Tests.Reporting;

public sealed class QuantityTests
{
    [TestCase(0, "0 updates")]
    [TestCase(1, "1 update")]
    [TestCase(2000, "2,000 updates")]
    public void Only_one_thing_is_singular(long count, string text) => Assert.That(Quantity.Of(count, "update"), Is.EqualTo(text));
}
