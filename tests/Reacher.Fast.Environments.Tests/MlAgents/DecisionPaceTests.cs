using Reacher.Fast.Environments.MlAgents.Player;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>The pace of a player on a screen, on a clock that the test moves.</summary>
public sealed class DecisionPaceTests
{
    private static readonly TimeSpan Decision = TimeSpan.FromMilliseconds(80);

    /// <summary>For the thread that takes over when a wait is over; a test that waits so long has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase(1, 80)]
    [TestCase(20, 4)]
    public async Task A_decision_takes_its_time_over_the_time_scale(float timeScale, double milliseconds)
    {
        var clock = new ManualClock();
        var pace = new DecisionPace(Decision, clock);
        Assert.That(pace.WaitAsync(timeScale, default).AsTask().IsCompleted, "the first is due at once");
        for (int i = 0; i < 3; i++)
        {
            Task next = pace.WaitAsync(timeScale, default).AsTask();
            clock.Advance(TimeSpan.FromMilliseconds(0.95 * milliseconds));
            Assert.That(next.IsCompleted, Is.False, "not yet");
            clock.Advance(TimeSpan.FromMilliseconds(0.05 * milliseconds));
            await next.WaitAsync(Patience);
        }
    }

    [Test]
    public async Task A_pace_finer_than_timers_is_kept_over_many_decisions()
    {
        var clock = new ManualClock();
        var pace = new DecisionPace(Decision, clock);
        const int Decisions = 100;
        for (int i = 0; i <= Decisions; i++)
        {
            Task next = pace.WaitAsync(100, default).AsTask();
            if (!next.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMilliseconds(1));
                await next.WaitAsync(Patience);
            }
        }

        Assert.That(clock.GetElapsedTime(0), Is.EqualTo(Decisions * Decision / 100).Within(TimeSpan.FromMilliseconds(2)));
    }

    [Test]
    public async Task A_new_time_scale_counts_from_the_next_decision_on()
    {
        var clock = new ManualClock();
        var pace = new DecisionPace(Decision, clock);
        Assert.That(pace.WaitAsync(1, default).AsTask().IsCompleted);
        Task slow = pace.WaitAsync(20, default).AsTask();
        clock.Advance(Decision);
        await slow.WaitAsync(Patience);
        Task fast = pace.WaitAsync(20, default).AsTask();
        clock.Advance(Decision / 20);
        await fast.WaitAsync(Patience);
    }

    [Test]
    public async Task Lost_time_is_not_made_up_by_haste()
    {
        var clock = new ManualClock();
        var pace = new DecisionPace(Decision, clock);
        Assert.That(pace.WaitAsync(1, default).AsTask().IsCompleted);
        clock.Advance(10 * Decision);
        Assert.That(pace.WaitAsync(1, default).AsTask().IsCompleted, "it is late");
        Task next = pace.WaitAsync(1, default).AsTask();
        Assert.That(next.IsCompleted, Is.False, "a whole decision after the late one");
        clock.Advance(Decision);
        await next.WaitAsync(Patience);
    }

    [Test]
    public void Without_a_decision_time_nothing_waits()
    {
        var pace = new DecisionPace(null, new ManualClock());
        for (int i = 0; i < 10; i++)
        {
            Assert.That(pace.WaitAsync(1, default).AsTask().IsCompletedSuccessfully);
        }
    }

    [Test]
    public async Task A_wait_can_be_cancelled()
    {
        var pace = new DecisionPace(Decision, new ManualClock());
        using var cancel = new CancellationTokenSource();
        Assert.That(pace.WaitAsync(1, cancel.Token).AsTask().IsCompleted);
        Task next = pace.WaitAsync(1, cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That(async () => await next.WaitAsync(Patience), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Stands still until it is moved; in microseconds, so that a decision's time over 100 is a whole number.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private readonly List<Timer> timers = [];
        private long now;

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan time)
        {
            now += (long)Math.Round(time.TotalMicroseconds);
            foreach (Timer timer in timers.Where(timer => timer.DueAt <= now).ToArray())
            {
                timers.Remove(timer);
                timer.Fire();
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(callback, state);
            timers.Add(timer);
            timer.DueAt = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : now + (long)dueTime.TotalMicroseconds;
            return timer;
        }

        private sealed class Timer(TimerCallback callback, object? state) : ITimer
        {
            public long DueAt { get; set; }

            public void Fire() => callback(state);

            public bool Change(TimeSpan dueTime, TimeSpan period) => false;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
