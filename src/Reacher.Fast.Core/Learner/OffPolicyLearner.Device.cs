using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Learner;

/// <summary>Updates whose batches never leave the device: what <see cref="CudaTraining"/> records.</summary>
public abstract partial class OffPolicyLearner
{
    /// <summary>The report tensor.</summary>
    internal Tensor ReportTensor => Report;

    /// <summary>d: critic updates for one of the policy.</summary>
    internal int PolicyDelay => options.PolicyDelay;

    /// <summary>B, the number of transitions in a batch.</summary>
    internal int BatchSize => options.BatchSize;

    /// <summary>Why batches must pass through the host (running statistics are kept there), or null if they need not.</summary>
    public string? HostStatistics =>
        options.NormalizeObservations ? nameof(options.NormalizeObservations)
        : options.NormalizeRewards ? nameof(options.NormalizeRewards)
        : options.RewardScale != 1 ? nameof(options.RewardScale)
        : null;

    /// <summary>Issues the ops of update number <paramref name="update"/>, on a batch from <paramref name="source"/>.</summary>
    internal void IssueUpdate(IDeviceBatchSource source, long update)
    {
        Batch = batches[update % 2];
        source.Gather(Batch.Observations, Batch.Actions, Batch.Rewards, Batch.Discounts, Batch.NextObservations);
        RunUpdate(update % options.PolicyDelay == 0);
    }

    /// <summary>The parameters that <see cref="CopyPolicy(Span{float})"/> writes: the trained policy's or its average's.</summary>
    internal TensorBlock PublishedParameters => PublishesAverage ? Actor.Target! : Actor.Parameters;

    /// <summary>What the host does with a batch before it crosses: checks it, takes it into the running statistics, scales its rewards.</summary>
    /// <param name="batch">A batch in the host's memory.</param>
    /// <param name="scaledRewards">The rewards to learn from, [B].</param>
    /// <exception cref="ArgumentException">The batch's spec or count is not what the learner was made for.</exception>
    /// <exception cref="LearnerDivergedException">A number in it is NaN or infinite.</exception>
    public void Observe(in TransitionBatch batch, Span<float> scaledRewards)
    {
        Divergence.RequireFinite(batch, spec, options.BatchSize, Updates + 1);
        normalizer.Merge(batch.Observations);
        rewardScaling.Apply(batch.Rewards, scaledRewards);
    }

    /// <summary>Counts updates that were queued.</summary>
    internal void CountUpdates(int count) => Updates += count;

    /// <summary>The report's figures, checked.</summary>
    /// <exception cref="LearnerDivergedException">One is NaN or infinite.</exception>
    internal LearnerReport ReadReport(ReadOnlySpan<float> from)
    {
        from.CopyTo(figures);
        Divergence.RequireFiniteReport(figures, Updates + 1);
        return new LearnerReport(figures);
    }
}
