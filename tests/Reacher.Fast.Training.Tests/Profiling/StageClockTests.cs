using Reacher.Fast.Training.Profiling;

namespace Reacher.Fast.Training.Tests.Profiling;

/// <summary>What is made of the trials, with stages whose rates are given.</summary>
public sealed class StageClockTests
{
    [Test]
    public void The_lowest_limit_counts_and_gives_its_resource()
    {
        StageFigures figures = Measure(
            new Stage("write", StageRole.Environment, "rows", 1, () => 30, [Limit("memcpy", 60), Limit("sequential write", 40)]))[0];
        Assert.That(figures.Limit, Is.EqualTo(40));
        Assert.That(figures.LimitName, Is.EqualTo("sequential write"));
        Assert.That(figures.BoundBy, Is.EqualTo("sequential write's resource"));
        Assert.That(figures.Percent, Is.EqualTo(75));
    }

    [Test]
    public void The_per_cent_are_the_median_of_each_turns_own_ratio()
    {
        // The machine halves its speed for two of five turns: the rates' medians would compare a fast turn with a slow one.
        double[] rates = [10, 5, 10, 5, 10], limits = [20, 10, 20, 10, 20];
        (int turn, int asked) = (0, 0);
        using var stop = new CancellationTokenSource();
        var stage = new Stage("a", StageRole.Learner, "units", 1, () => rates[turn++ % 5], [new("limit", "all", () => limits[asked++ % 5])]);
        var clock = new StageClock([stage], TimeSpan.Zero);
        clock.Run(TimeSpan.FromHours(1), _ => Cancel(stop, when: turn == 5), stop.Token);
        StageFigures figures = clock.Figures()[0];
        Assert.That(figures.Percent, Is.EqualTo(50));
        Assert.That(figures.Rate, Is.EqualTo(10));
    }

    [Test]
    public void Shares_are_of_the_stages_own_process()
    {
        IReadOnlyList<StageFigures> figures = Measure(
            new Stage("act", StageRole.Environment, "actions", 1, () => 100, []),
            new Stage("step", StageRole.Environment, "transitions", 1, () => 300, []),
            new Stage("sample", StageRole.Learner, "rows", 256, () => 2560, []),
            new Stage("update", StageRole.Learner, "updates", 1, () => 10, []));
        Assert.That(figures.Select(stage => stage.Share), Is.EqualTo(new double[] { 75, 25, 50, 50 }).Within(1e-9));
        Assert.That(figures[0].Limit, Is.Null);
        Assert.That(figures[0].Gap, Is.Zero);
    }

    [Test]
    public void Cancelled_it_has_what_was_measured_before()
    {
        using var stop = new CancellationTokenSource();
        Stage first = new("first", StageRole.Learner, "units", 1, () => Cancel(stop, when: true), []);
        Stage second = new("second", StageRole.Learner, "units", 1, () => throw new AssertionException("It went on."), []);
        var clock = new StageClock([first, second], TimeSpan.Zero);
        clock.Run(TimeSpan.FromHours(1), _ => { }, stop.Token);
        Assert.That(clock.Figures().Select(stage => stage.Name), Is.EqualTo(new[] { "first" }));
    }

    [Test]
    public void What_was_measured_while_warming_up_is_left_out()
    {
        bool warm = false;
        var stage = new Stage("a", StageRole.Learner, "units", 1, () => warm ? 100 : 1, []);
        var clock = new StageClock([stage], TimeSpan.FromTicks(1));
        clock.Run(TimeSpan.FromTicks(1), _ => warm = true, CancellationToken.None);
        Assert.That(clock.Figures()[0].Rate, Is.EqualTo(100));
    }

    private static int Cancel(CancellationTokenSource stop, bool when)
    {
        if (when)
        {
            stop.Cancel();
        }

        return 1;
    }

    private static IReadOnlyList<StageFigures> Measure(params Stage[] stages)
    {
        var clock = new StageClock(stages, TimeSpan.Zero);
        clock.Run(TimeSpan.FromTicks(1), _ => { }, CancellationToken.None);
        return clock.Figures();
    }

    private static StageLimit Limit(string name, double rate) => new(name, $"{name}'s resource", () => rate);
}
