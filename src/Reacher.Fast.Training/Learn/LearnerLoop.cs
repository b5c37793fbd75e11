using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Learn;

/// <summary>
/// Learns from a run's replay: sample, update, publish, save. What is published or saved has been checked for NaN and infinity by the
/// learner. A learner process and lock-step training drive it alike:
/// <code>
/// var loop = new LearnerLoop(plan, control, learner, updates, weights.Publish, saver);
/// loop.Publish();
/// while (Waiting.ForUpdate(control, slot, plan.UpdatesPerTurn))
/// {
///     loop.Turn();
/// }
/// </code>
/// A turn that throws (the learner diverged) has counted and published nothing of its update.
/// </summary>
internal sealed class LearnerLoop
{
    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly ProcessSlot self;
    private readonly ILearner learner;
    private readonly IUpdates updates;
    private readonly PublishWeights publish;
    private readonly CheckpointSaver? saver;
    private readonly float[] weights;
    private long published;

    /// <summary>The loop of a run's learner.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="control">The run's counters; this loop counts in the learner's slot.</param>
    /// <param name="learner">The learner whose updates the loop makes.</param>
    /// <param name="updates">How it draws batches and makes its updates.</param>
    /// <param name="publish">Takes the policies that others are to act with and evaluate.</param>
    /// <param name="saver">Saves the checkpoints that come due; null where the caller saves them.</param>
    public LearnerLoop(
        RunPlan plan, ControlBlock control, ILearner learner, IUpdates updates, PublishWeights publish, CheckpointSaver? saver = null)
    {
        (this.plan, this.control, this.learner, this.updates, this.publish, this.saver) =
            (plan, control, learner, updates, publish, saver);
        self = control.Learner;
        published = learner.Updates;
        weights = new float[plan.PublishedLength];
    }

    /// <summary>Where published policies go, such as <see cref="WeightChannel.Publish"/>.</summary>
    /// <param name="weights">Both policies, as <see cref="PolicyPair"/> has them.</param>
    /// <param name="updates">The updates they are the result of.</param>
    public delegate void PublishWeights(ReadOnlySpan<float> weights, long updates);

    private bool IsPublicationDue => learner.Updates / plan.PublishInterval > published / plan.PublishInterval;

    /// <summary>One turn: an update, or on a GPU a launch of several, and what is due after it.</summary>
    /// <returns>Updates made; 0 where the replay holds nothing to draw from yet.</returns>
    public int Turn()
    {
        int made = 0;
        bool drawn = updates.Sample();
        // While it cannot draw, the rate limiter lets the environments step on.
        self.IsStarved = updates.IsStarved;
        if (drawn)
        {
            made = updates.Update(out LearnerReport? report);
            Count(made, report);
        }

        if (IsPublicationDue && updates.TryCopyPolicies(weights, out long version))
        {
            Publish(version);
        }

        saver?.SaveWhenDue();
        self.Beat();
        return made;
    }

    /// <summary>
    /// Publishes the policies as all updates so far leave them, due or not, and waits for a GPU to have made them: at the beginning and
    /// the end of a process, and where lock-step training needs the newest.
    /// </summary>
    public void Publish()
    {
        PolicyPair.Copy(learner, weights);
        Publish(learner.Updates);
    }

    // Learning rates change where weights are published, so that a run in lock-step changes them after the same update each time.
    private void Publish(long version)
    {
        learner.LearningRateScale = LearningRates.Scale(plan, control);
        publish(weights, version);
        published = version;
        self.WeightVersion = version;
    }

    private void Count(int made, LearnerReport? report)
    {
        self.AddUpdates(made);
        if (report is LearnerReport figures)
        {
            LearnerGauge.Write(self, figures);
        }
    }
}
