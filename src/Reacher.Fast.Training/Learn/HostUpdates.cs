using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Learn;

/// <summary>One update a turn, on a batch drawn on the host, done when the call returns: a learner on the CPU.</summary>
internal sealed class HostUpdates(ILearner learner, ReplaySampler sampler, BatchBuffer batch) : IUpdates
{
    private LearnerReport? newest;
    private bool asked;

    public int Turn()
    {
        if (!sampler.Sample(batch))
        {
            return 0;
        }

        newest = learner.Update(batch.View);
        return 1;
    }

    public bool TryReport(out LearnerReport report)
    {
        report = newest.GetValueOrDefault();
        bool any = newest is not null;
        newest = null;
        return any;
    }

    public bool TryQueuePolicies() => asked = true;

    public bool TryTakePolicies(Span<float> block, out long updates)
    {
        updates = learner.Updates;
        if (!asked)
        {
            return false;
        }

        asked = false;
        PublishedPolicies.Copy(learner, block);
        return true;
    }

    public void Settle()
    {
    }

    public void Dispose()
    {
    }
}
