using Reacher.Fast.Training.Learn;

namespace Reacher.Fast.Training.Tests.Learn;

public sealed class CheckpointScheduleTests
{
    private StoppedClock clock = new();

    [SetUp]
    public void StartTheClock() => clock = new StoppedClock();

    [Test]
    public void A_numbered_one_is_due_at_every_multiple_however_often_the_process_began_anew()
    {
        Assert.That(new CheckpointSchedule(1000, 0, clock).IsNumberedDue(999), Is.False);
        Assert.That(new CheckpointSchedule(1000, 0, clock).IsNumberedDue(1000), Is.True);
        Assert.That(new CheckpointSchedule(1000, 990, clock).IsNumberedDue(1010), Is.True, "the last life ended just before");
        var schedule = new CheckpointSchedule(1000, 1990, clock);
        schedule.Begin(2040);
        Assert.That(schedule.IsNumberedDue(2999), Is.False);
        Assert.That(schedule.IsNumberedDue(3000), Is.True);
    }

    [Test]
    public void The_newest_is_due_every_few_seconds()
    {
        var schedule = new CheckpointSchedule(1000, 0, clock);
        clock.Now = CheckpointSchedule.Pause - TimeSpan.FromTicks(1);
        Assert.That(schedule.IsLatestDue, Is.False);
        clock.Now = CheckpointSchedule.Pause;
        Assert.That(schedule.IsLatestDue, Is.True);
        schedule.Begin(10);
        schedule.End();
        Assert.That(schedule.IsLatestDue, Is.False);
    }

    [Test]
    public void Saving_takes_a_hundredth_of_the_time_at_most()
    {
        var schedule = new CheckpointSchedule(1000, 0, clock);
        schedule.Begin(10);
        clock.Now += TimeSpan.FromSeconds(2);
        schedule.End();
        clock.Now += TimeSpan.FromSeconds(197);
        Assert.That(schedule.IsLatestDue, Is.False);
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.That(schedule.IsLatestDue, Is.True);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
