using Reacher.Fast.Training.Learn;

namespace Reacher.Fast.Training.Tests.Learn;

public sealed class CheckpointRhythmTests
{
    private StoppedClock clock = new();

    [SetUp]
    public void StartTheClock() => clock = new StoppedClock();

    [Test]
    public void A_numbered_one_is_due_at_every_multiple_however_often_the_process_began_anew()
    {
        Assert.That(new CheckpointRhythm(1000, 0, clock).IsNumberedDue(999), Is.False);
        Assert.That(new CheckpointRhythm(1000, 0, clock).IsNumberedDue(1000), Is.True);
        Assert.That(new CheckpointRhythm(1000, 990, clock).IsNumberedDue(1010), Is.True, "the last life ended just before");
        var rhythm = new CheckpointRhythm(1000, 1990, clock);
        rhythm.Begin(2040);
        Assert.That(rhythm.IsNumberedDue(2999), Is.False);
        Assert.That(rhythm.IsNumberedDue(3000), Is.True);
    }

    [Test]
    public void The_newest_is_due_every_few_seconds()
    {
        var rhythm = new CheckpointRhythm(1000, 0, clock);
        clock.Now = CheckpointRhythm.Pause - TimeSpan.FromTicks(1);
        Assert.That(rhythm.IsLatestDue, Is.False);
        clock.Now = CheckpointRhythm.Pause;
        Assert.That(rhythm.IsLatestDue, Is.True);
        rhythm.Begin(10);
        rhythm.End();
        Assert.That(rhythm.IsLatestDue, Is.False);
    }

    [Test]
    public void Saving_takes_a_hundredth_of_the_time_at_most()
    {
        var rhythm = new CheckpointRhythm(1000, 0, clock);
        rhythm.Begin(10);
        clock.Now += TimeSpan.FromSeconds(2);
        rhythm.End();
        clock.Now += TimeSpan.FromSeconds(197);
        Assert.That(rhythm.IsLatestDue, Is.False);
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.That(rhythm.IsLatestDue, Is.True);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
