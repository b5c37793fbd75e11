using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Learn;

/// <summary>
/// K updates a turn, queued on a GPU as one launch: batches from the replay's mirror in its memory, or through page-locked pages from the
/// host. Only <see cref="Settle"/> waits for the GPU, and a host that is several launches ahead of it.
/// </summary>
internal sealed class CudaUpdates : IUpdates
{
    private readonly OffPolicyLearner learner;
    private readonly CudaKernelDevice device;
    private readonly ReplaySampler sampler;
    private readonly BatchBuffer batch;
    private readonly ReplayRows rows;
    private readonly CudaReplayMirror? mirror;
    private readonly CudaBatchRing? ring;
    private readonly float[] rewards;
    private readonly int perTurn;
    private readonly int delay;
    // A launch begins at a multiple of the policy's delay, and a checkpoint of the CPU's may lie between two.
    private readonly HostUpdates alone;
    private CudaTraining? training;

    /// <param name="learner">On <paramref name="device"/>, its state restored.</param>
    /// <param name="device">The GPU that runs the updates.</param>
    /// <param name="replay">What is drawn from.</param>
    /// <param name="sampler">Draws on the host, where that is needed.</param>
    /// <param name="batch">Room for a batch on the host.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <exception cref="InputException">A mirror was asked for and does not fit, or an option excludes it.</exception>
    /// <exception cref="CudaException">The GPU's memory does not hold what was asked for.</exception>
    public CudaUpdates(OffPolicyLearner learner, CudaKernelDevice device, ReplayFile replay, ReplaySampler sampler, BatchBuffer batch, RunPlan plan)
    {
        (this.learner, this.device, this.sampler, this.batch) = (learner, device, sampler, batch);
        (perTurn, delay) = (plan.UpdatesPerTurn, plan.Learner.PolicyDelay);
        alone = new HostUpdates(learner, sampler, batch);
        rewards = new float[plan.Learner.BatchSize];
        rows = new ReplayRows(replay);
        try
        {
            mirror = Mirror(plan.Batches);
            ring = mirror is null ? new CudaBatchRing(device, replay.Spec, plan.Learner.BatchSize, perTurn) : null;
            if (AtWholeDelay)
            {
                // Preparing takes seconds the first time on a machine; within the loop the supervisor would take so long a silence for a
                // hang.
                training = CreateTraining();
                training.Prepare();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the batches come from, for the log.</summary>
    public string Source => mirror is not null ? "a mirror of the replay in its memory" : "page-locked memory of the host";

    private bool AtWholeDelay => learner.Updates % delay == 0;

    public bool IsStarved { get; private set; }

    public bool Sample()
    {
        if (AtWholeDelay)
        {
            return BringBatches();
        }

        bool drawn = alone.Sample();
        IsStarved = alone.IsStarved;
        return drawn;
    }

    public int Update(out LearnerReport? newest)
    {
        if (!AtWholeDelay)
        {
            return alone.Update(out newest);
        }

        training ??= CreateTraining();
        training.Launch();
        newest = null;
        while (training.TryReport(out LearnerReport report))
        {
            newest = report;
        }

        return perTurn;
    }

    public bool TryCopyPolicies(Span<float> weights, out long updates)
    {
        updates = 0;
        if (training is null)
        {
            return false;
        }

        if (training.TryTakePolicies(PolicyPair.Acting(weights), PolicyPair.Evaluated(weights), out updates))
        {
            return true;
        }

        // The device answers false while an earlier snapshot is still under way.
        training.TryQueuePolicies();
        return false;
    }

    public void Settle()
    {
        device.Synchronize();
        if (learner.Updates > 0 && training is not null)
        {
            mirror?.ThrowIfExhausted();
        }
    }

    public void Dispose()
    {
        training?.Dispose();
        ring?.Dispose();
        mirror?.Dispose();
        rows.Dispose();
    }

    // A full load means that there is more to come, as at the beginning of a resumed run: nothing is drawn until the mirror is whole, and the
    // process shows between loads that it lives.
    private bool BringBatches()
    {
        if (mirror is not null)
        {
            bool isWhole = mirror.Advance() < mirror.RowsPerAdvance;
            IsStarved = mirror.IsEmpty;
            return isWhole && !IsStarved;
        }

        while (!ring!.IsFull)
        {
            IsStarved = !sampler.Sample(batch);
            if (IsStarved)
            {
                return false;
            }

            learner.Observe(batch.View, rewards);
            ring.Add(batch.View, rewards);
        }

        ring.Submit();
        return true;
    }

    private CudaTraining CreateTraining() => new(learner, device, mirror is not null ? mirror : ring!, perTurn);

    private CudaReplayMirror? Mirror(string batches)
    {
        if (batches == "host" || (batches == "auto" && learner.HostStatistics is not null))
        {
            return null;
        }

        try
        {
            return new CudaReplayMirror(device, rows);
        }
        catch (CudaException exception) when (exception.Status == CudaStatus.OutOfMemory)
        {
            string reason = $"The replay's {rows.Capacity} rows of {rows.Spec.StrideBytes} bytes do not fit into {device.Info.Name}";
            if (batches == "mirror")
            {
                throw new InputException($"{reason}; lower --buffer-size, or take batches from the host with --batches host.", exception);
            }

            OutputLine.WriteWarning($"{reason}; batches come from the host instead.");
            return null;
        }
    }
}
