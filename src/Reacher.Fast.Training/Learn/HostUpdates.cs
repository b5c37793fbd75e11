using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Learn;

/// <summary>
/// One update a turn, on a batch drawn on the host, done when the call returns: a learner on the CPU, and one that has pages of its own for
/// its batches.
/// </summary>
internal sealed class HostUpdates(ILearner learner, ReplaySampler sampler, BatchBuffer batch) : IUpdates
{
    private readonly IBatchPages? pages = learner as IBatchPages;
    private BatchBuffer drawn = batch;

    public bool IsStarved { get; private set; }

    public bool Sample()
    {
        drawn = pages?.TakePage() ?? drawn;
        IsStarved = !sampler.Sample(drawn);
        return !IsStarved;
    }

    public int Update(out LearnerReport? newest)
    {
        newest = learner.Update(drawn.View);
        return 1;
    }

    public bool TryCopyPolicies(Span<float> weights, out long updates)
    {
        PolicyPair.Copy(learner, weights);
        updates = learner.Updates;
        return true;
    }

    public void Settle()
    {
    }

    public void Dispose()
    {
    }
}
