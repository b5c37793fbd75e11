using Reacher.Fast.Cluster.Joining;

namespace Reacher.Fast.Cluster.Tests.Joining;

/// <summary>The window grows with what the run takes, and is short again where the run takes little.</summary>
public sealed class WindowSizeTests
{
    private const double Seconds = 0.02;
    private const double RoundTrip = 0.001;

    [Test]
    public void It_begins_narrow_and_grows_to_the_ring_where_everything_is_taken()
    {
        var window = new WindowSize(least: 256, most: 32_768);
        Assert.That(window.Rows, Is.EqualTo(256));
        for (int i = 0; i < 50; i++)
        {
            // A whole window is acknowledged in each round trip.
            window.Add((long)(window.Rows * Seconds / RoundTrip), Seconds, RoundTrip);
        }

        Assert.That(window.Rows, Is.EqualTo(32_768));
    }

    [Test]
    public void Where_the_run_takes_little_it_holds_what_is_taken_in_its_time_and_never_less_than_the_next_steps()
    {
        var window = new WindowSize(least: 256, most: 32_768);
        for (int i = 0; i < 50; i++)
        {
            window.Add((long)(100_000 * Seconds), Seconds, RoundTrip);
        }

        Assert.That(window.Rows, Is.EqualTo(2_200).Within(1));
        for (int i = 0; i < 50; i++)
        {
            window.Add(0, Seconds, RoundTrip);
        }

        Assert.That(window.Rows, Is.EqualTo(256));
    }

    [Test]
    public void A_ring_shorter_than_the_next_steps_is_the_window() =>
        Assert.That(new WindowSize(least: 256, most: 100).Rows, Is.EqualTo(100));
}
