using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

public sealed class LockstepPositionTests
{
    private static readonly LockstepPosition Position = new(
        Segment: 3, VectorSteps: 4005, CooldownStart: 11, Episodes: 12, WrittenRows: 13, Evaluations: 14, Returns: 15,
        new LockstepDebt(0.5, WarmupTransitions: 16, BaseTransitions: 17, BaseUpdates: 18));

    [Test]
    public void A_position_comes_back_from_its_checkpoint()
    {
        var state = new StateDictionary();
        Position.AddTo(state);
        Assert.That(LockstepPosition.Of(Loaded(state)), Is.EqualTo(Position));
    }

    [Test]
    public void A_checkpoint_of_segments_that_all_had_the_same_length_says_their_number_alone()
    {
        var state = new StateDictionary();
        foreach ((string name, long value) in new[]
        {
            ("segment", Position.Segment), ("cooldown", Position.CooldownStart), ("episodes", Position.Episodes),
            ("written_rows", Position.WrittenRows), ("evaluations", Position.Evaluations),
        })
        {
            state.Add("lockstep." + name, value);
        }

        Assert.That(
            LockstepPosition.Of(Loaded(state)),
            Is.EqualTo(Position with { VectorSteps = 3 * LockstepTraining.SegmentSteps, Returns = null, Debt = null }));
    }

    private static LoadedCheckpoint Loaded(StateDictionary state) => new(state, Step: 0, Path: "", Skipped: []);
}
