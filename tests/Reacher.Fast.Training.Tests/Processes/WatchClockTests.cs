using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>The time by which a silence is judged.</summary>
public sealed class WatchClockTests
{
    [Test]
    public void It_goes_with_the_watch_and_stands_still_while_the_watch_does()
    {
        var time = new ManualTime();
        var clock = new WatchClock(time);
        for (int turn = 0; turn < 10; turn++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            clock.Turn();
        }

        Assert.That(clock.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(1)));
        time.Advance(TimeSpan.FromHours(1));
        clock.Turn();
        Assert.That(clock.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(1) + WatchClock.LongestTurn));
    }
}
