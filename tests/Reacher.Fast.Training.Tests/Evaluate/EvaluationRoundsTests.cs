using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Evaluate;

public sealed class EvaluationRoundsTests
{
    [Test]
    public void ARunThatEvaluatesAllTheTimeHasNone() => Assert.That(EvaluationRounds.Of(new RunOptions()), Is.Null);

    [TestCase(0, 999, false)]
    [TestCase(0, 1000, true)]
    [TestCase(9, 1000, true)]
    [TestCase(10, 1000, false)]
    [TestCase(10, 20_999, false)]
    [TestCase(10, 21_000, true)]
    [TestCase(25, 41_000, true)]
    public void ARoundIsDueAnIntervalAfterTheLastCountedFromTheFirstUpdate(long played, long transitions, bool due) =>
        Assert.That(Rounds().IsDue(played, transitions), Is.EqualTo(due));

    [TestCase(19, true)]
    [TestCase(20, false)]
    public void NoneIsDueAfterTheRunsLastTransitionHoweverManyAreMade(long played, bool due)
    {
        RunOptions plan = new() { EvaluationInterval = 20_000, EvaluationEpisodes = 10, WarmupTransitions = 1000, TransitionLimit = 21_000 };
        Assert.That(EvaluationRounds.Of(plan)!.IsDue(played, 41_000), Is.EqualTo(due));
    }

    [Test]
    public void AnEpisodesNumberSaysItsRound()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Rounds().IsFirst(20), Is.True);
            Assert.That(Rounds().IsFirst(21), Is.False);
            Assert.That(Rounds().StepOf(29), Is.EqualTo(40_000));
            Assert.That(Rounds().StepOf(30), Is.EqualTo(60_000));
        });
    }

    private static EvaluationRounds Rounds() => EvaluationRounds.Of(
        new RunOptions { EvaluationInterval = 20_000, EvaluationEpisodes = 10, WarmupTransitions = 1000 })!;
}
