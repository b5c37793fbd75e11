using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Tests.Env;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>A run in which nothing moves says so after a minute, once, and why.</summary>
public sealed class StallWatchTests
{
    private readonly ManualClock clock = new();
    private LoopFolder run = null!;
    private StallWatch watch = null!;

    [SetUp]
    public void MakeFolder()
    {
        run = new LoopFolder();
        watch = new StallWatch(run.Plan, run.Control, run.Replay, clock);
    }

    [TearDown]
    public void DeleteFolder() => run.Dispose();

    [Test]
    public void It_is_said_once_for_each_standstill()
    {
        run.EnvironmentSlot.AddVectorStep(2);
        Assert.That(watch.Look(), Is.Null);
        clock.Advance(59);
        Assert.That(watch.Look(), Is.Null);
        clock.Advance(1);
        Assert.That(watch.Look(), Does.StartWith("Nothing has moved for a minute, at 2 transitions and 0 updates: "));
        clock.Advance(600);
        Assert.That(watch.Look(), Is.Null);

        run.Control.Learner.AddUpdates(1);
        Assert.That(watch.Look(), Is.Null);
        clock.Advance(59);
        Assert.That(watch.Look(), Is.Null);
        clock.Advance(1);
        Assert.That(watch.Look(), Is.Not.Null);
    }

    [Test]
    public void A_scene_whose_agents_never_act_twice_in_a_row_is_named()
    {
        run.EnvironmentSlot.AddVectorStep(0);
        Assert.That(After(() => run.EnvironmentSlot.AddVectorStep(0)), Does.Contain("same Decision Period"));
    }

    [Test]
    public void A_learner_that_finds_nothing_to_draw_is_named() =>
        Assert.That(After(() => Starve(run.Control.Learner)), Does.Contain("finds no transition in the replay").And.Contain("n_step (1)"));

    [Test]
    public void Otherwise_it_says_what_everybody_does()
    {
        Assert.That(After(() => { }), Does.EndWith("the learner has not started yet; env-0 has not started yet."));
        run.Control.Learner.AddUpdates(1);
        watch.Look();
        Assert.That(After(() => Run(run.Control.Learner, run.EnvironmentSlot)),
            Does.EndWith("the learner waits for the others; env-0 waits within a step of its environment."));
    }

    private static void Starve(ProcessSlot learner) => learner.IsStarved = true;

    private static void Run(ProcessSlot learner, ProcessSlot environment) =>
        (learner.Phase, environment.Phase) = (ProcessPhase.Waiting, ProcessPhase.Running);

    private string? After(Action happens)
    {
        watch.Look();
        happens();
        clock.Advance(60);
        return watch.Look();
    }

    private sealed class ManualClock : TimeProvider
    {
        private long seconds;

        public override long TimestampFrequency => 1;

        public void Advance(int by) => seconds += by;

        public override long GetTimestamp() => seconds;
    }
}
