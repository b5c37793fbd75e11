using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;

namespace Reacher.Fast.Training.Tests.Learn;

/// <summary>What a turn of the learner's loop counts and publishes, over updates that end at once and over those that are queued.</summary>
public sealed class LearnerLoopTests
{
    private readonly List<(float First, long Updates)> published = [];
    private LoopFolder run = null!;
    private ScriptedLearner learner = null!;

    [SetUp]
    public void MakeFolder()
    {
        published.Clear();
        run = new LoopFolder();
        learner = new ScriptedLearner(run.Plan.PolicySpec);
    }

    [TearDown]
    public void DeleteFolder()
    {
        learner.Dispose();
        run.Dispose();
    }

    [Test]
    public void Policies_are_published_whenever_a_multiple_of_the_interval_is_passed()
    {
        LearnerLoop loop = Create(new ScriptedUpdates(learner, perTurn: 4));
        loop.Publish();
        Assert.That(Enumerable.Range(0, 8).Select(_ => loop.Turn()), Has.All.EqualTo(4));
        Assert.That(published.Select(publication => publication.Updates), Is.EqualTo(new[] { 0L, 12, 20, 32 }), "the interval is 10");
        Assert.That(published[^1].First, Is.EqualTo(32), "the policy after the update that it is said to be of");
        Assert.That(run.Control.Learner.Updates, Is.EqualTo(32));
        Assert.That(run.Control.Learner.WeightVersion, Is.EqualTo(32));
    }

    [Test]
    public void A_snapshot_that_comes_late_is_published_once_as_of_its_own_update()
    {
        LearnerLoop loop = Create(new ScriptedUpdates(learner, perTurn: 4) { TurnsToCopy = 2 });
        for (int i = 0; i < 10; i++)
        {
            loop.Turn();
        }

        // Asked for after 12 and come two turns later, when the next is due and asked for at the following turn.
        Assert.That(published.Select(publication => publication.Updates), Is.EqualTo(new[] { 12L, 24 }));
    }

    [Test]
    public void With_nothing_to_draw_from_a_turn_updates_nothing_says_so_and_is_a_sign_of_life()
    {
        var updates = new ScriptedUpdates(learner, perTurn: 4) { IsEmpty = true };
        LearnerLoop loop = Create(updates);
        Assert.That(loop.Turn(), Is.Zero);
        Assert.That(run.Control.Learner.IsStarved, Is.True, "the environments may step although updates are owed");
        Assert.That(learner.Updates, Is.Zero);
        Assert.That(run.Control.Learner.Updates, Is.Zero);
        Assert.That(run.Control.Learner.Heartbeats, Is.EqualTo(1));
        updates.IsEmpty = false;
        loop.Turn();
        Assert.That(run.Control.Learner.IsStarved, Is.False);
    }

    [Test]
    public void An_update_that_diverges_is_not_counted_and_not_published()
    {
        LearnerLoop loop = Create(new ScriptedUpdates(learner, perTurn: 4) { DivergesAt = 12 });
        loop.Turn();
        loop.Turn();
        Assert.That(loop.Turn, Throws.TypeOf<LearnerDivergedException>());
        Assert.That(run.Control.Learner.Updates, Is.EqualTo(8));
        Assert.That(published, Is.Empty);
        Assert.That(run.Control.Learner.Heartbeats, Is.EqualTo(2), "a failed turn is no sign of life");
    }

    [Test]
    public void Learning_rates_follow_the_cooldown_from_one_publication_to_the_next()
    {
        LearnerLoop loop = Create(new ScriptedUpdates(learner, perTurn: 4), run.Plan with { CooldownTransitions = 100 });
        run.EnvironmentSlot.AddVectorStep(100);
        Cooldown.Begin(run.Control);
        run.EnvironmentSlot.AddVectorStep(100);
        loop.Turn();
        loop.Turn();
        Assert.That(learner.LearningRateScale, Is.EqualTo(1));
        loop.Turn();
        Assert.That(learner.LearningRateScale, Is.Zero);
    }

    [Test]
    public void Learning_rates_of_a_linear_schedule_fall_with_the_transitions_to_ML_Agents_floor_at_max_steps()
    {
        RunPlan plan = run.Plan with { LearningRateSchedule = LearningRateSchedule.Linear, TransitionLimit = 400, CooldownTransitions = 0 };
        LearnerLoop loop = Create(new ScriptedUpdates(learner, perTurn: 4), plan);
        loop.Publish();
        Assert.That(learner.LearningRateScale, Is.EqualTo(1));
        run.EnvironmentSlot.AddVectorStep(100);
        loop.Publish();
        Assert.That(learner.LearningRateScale, Is.EqualTo(0.75f).Within(1e-6f));
        // A resumed run has a new learner and a new loop over the counters that were kept.
        learner.LearningRateScale = 1;
        Create(new ScriptedUpdates(learner, perTurn: 4), plan).Publish();
        Assert.That(learner.LearningRateScale, Is.EqualTo(0.75f).Within(1e-6f));
        run.EnvironmentSlot.AddVectorStep(900);
        loop.Publish();
        Assert.That(learner.LearningRateScale * plan.Learner.LearningRate, Is.EqualTo(1e-10).Within(1e-15));
    }

    private LearnerLoop Create(IUpdates updates, RunPlan? plan = null) =>
        new(plan ?? run.Plan, run.Control, learner, updates, (weights, version) => published.Add((weights[0], version)));

    /// <summary>A learner that only counts; the first weight of its policies is the number of its updates.</summary>
    private sealed class ScriptedLearner(PolicySpec policy) : ILearner
    {
        public PolicySpec Policy => policy;

        public long Updates { get; set; }

        public float LearningRateScale { get; set; } = 1;

        public LearnerReport Update(in TransitionBatch batch) => throw new NotSupportedException("The scripted updates make them.");

        public void CopyPolicy(Span<float> destination) => destination[0] = Updates;

        public void CopyActingPolicy(Span<float> destination) => destination[0] = Updates;

        public void SaveState(StateDictionary state) => throw new NotSupportedException();

        public void LoadState(StateDictionary state) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private sealed class ScriptedUpdates(ScriptedLearner learner, int perTurn) : IUpdates
    {
        private int waited;
        private long snapshot;

        public bool IsEmpty { get; set; }

        public long DivergesAt { get; init; } = long.MaxValue;

        /// <summary>Calls that <see cref="TryCopyPolicies"/> answers with false while a snapshot is under way.</summary>
        public int TurnsToCopy { get; init; }

        public bool IsStarved => IsEmpty;

        public bool Sample() => !IsEmpty;

        public int Update(out LearnerReport? newest)
        {
            newest = null;
            if (learner.Updates + perTurn >= DivergesAt)
            {
                throw new LearnerDivergedException("Training diverged.");
            }

            learner.Updates += perTurn;
            return perTurn;
        }

        public bool TryCopyPolicies(Span<float> weights, out long updates)
        {
            if (waited == 0)
            {
                snapshot = learner.Updates;
            }

            updates = snapshot;
            if (waited++ < TurnsToCopy)
            {
                return false;
            }

            waited = 0;
            weights[0] = snapshot;
            return true;
        }

        public void Settle()
        {
        }

        public void Dispose()
        {
        }
    }
}
