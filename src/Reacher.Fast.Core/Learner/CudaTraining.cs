using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// The fast loop on a GPU: K updates to one graph launch, batches that are on the device already (<see cref="CudaReplayMirror"/>,
/// <see cref="CudaBatchRing"/>), weights and reports read back without waiting. The host only queues, and stays at most
/// <see cref="LaunchesAhead"/> launches ahead.
/// </summary>
public sealed class CudaTraining : IDisposable
{
    /// <summary>Launches that may be queued before the host waits for the oldest: enough that the device never idles.</summary>
    public const int LaunchesAhead = 4;

    private readonly OffPolicyLearner learner;
    private readonly CudaKernelDevice device;
    private readonly DeviceProgram program;
    private readonly CudaReadback reports;
    private readonly CudaReadback policies;
    private readonly CudaEvent[] launched = new CudaEvent[LaunchesAhead];
    private readonly float[] figures = new float[ReportSlot.Count];
    private readonly float[] weights;
    private readonly float[] normalization;
    private long launches;
    private long updatesOfPolicy;

    /// <summary>Records nothing yet; <see cref="Prepare"/> does, or the first <see cref="Launch"/>.</summary>
    /// <param name="learner">A learner made on <paramref name="device"/>.</param>
    /// <param name="device">The GPU that runs the updates.</param>
    /// <param name="source">Where its batches come from.</param>
    /// <param name="updatesPerLaunch">K; a multiple of the policy's delay, and begun at a multiple of it, so that every launch is alike.</param>
    /// <exception cref="InputException">The learner keeps running statistics of the batches on the host, or K does not fit its delay.</exception>
    public CudaTraining(OffPolicyLearner learner, CudaKernelDevice device, IDeviceBatchSource source, int updatesPerLaunch)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(updatesPerLaunch, 1);
        if (source is CudaReplayMirror && learner.HostStatistics is string option)
        {
            throw new InputException(
                $"{option} needs every batch on the host, so the replay cannot be mirrored into the GPU; " +
                "turn it off, or take batches from the host with the option 'batches'.");
        }

        if (updatesPerLaunch % learner.PolicyDelay != 0 || learner.Updates % learner.PolicyDelay != 0)
        {
            throw new InputException(
                $"{updatesPerLaunch} updates a launch, from update {learner.Updates} on, do not fit a policy delay of " +
                $"{learner.PolicyDelay}; use a multiple of it.");
        }

        (this.learner, this.device, UpdatesPerLaunch) = (learner, device, updatesPerLaunch);
        program = new DeviceProgram($"{updatesPerLaunch} updates", () =>
        {
            for (int update = 1; update <= updatesPerLaunch; update++)
            {
                learner.IssueUpdate(source, update);
            }
        });
        reports = device.CreateReadback(learner.ReportTensor);
        policies = device.CreateReadback([.. learner.ActorParameters.Tensors, .. learner.PublishedParameters.Tensors]);
        weights = new float[policies.Length];
        normalization = new float[learner.Policy.BlockLength - (policies.Length / 2)];
        for (int i = 0; i < LaunchesAhead; i++)
        {
            launched[i] = new CudaEvent(device.Context);
        }
    }

    /// <summary>K, the number of updates that one launch makes.</summary>
    public int UpdatesPerLaunch { get; }

    /// <summary>
    /// Records the updates and has the driver compile their kernels: seconds the first time on a machine, after which the driver finds them in its
    /// cache. A process that must show signs of life does this before it owes any.
    /// </summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public void Prepare() => device.Prepare(program);

    /// <summary>Queues K updates.</summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public void Launch()
    {
        CudaEvent oldest = launched[launches % LaunchesAhead];
        device.Context.MakeCurrent();
        if (launches >= LaunchesAhead)
        {
            CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(oldest));
        }

        device.Run(program);
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(oldest, device.Stream));
        launches++;
        learner.CountUpdates(UpdatesPerLaunch);
        if (!reports.IsPending)
        {
            reports.Queue();
        }
    }

    /// <summary>The newest report that has arrived; false, at once, if none has since the last call.</summary>
    /// <exception cref="LearnerDivergedException">A figure is NaN or infinite.</exception>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public bool TryReport(out LearnerReport report)
    {
        bool arrived = reports.TryTake(figures);
        report = arrived ? learner.ReadReport(figures) : default;
        return arrived;
    }

    /// <summary>
    /// Queues a snapshot of the policies as the updates queued so far leave them. False, and nothing queued, while one is under way.
    /// </summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public bool TryQueuePolicies()
    {
        if (policies.IsPending)
        {
            return false;
        }

        policies.Queue();
        learner.Normalizer.CopyTo(normalization);
        updatesOfPolicy = learner.Updates;
        return true;
    }

    /// <summary>Copies the snapshot out if it has arrived; false, at once, if not.</summary>
    /// <param name="acting">The policy to act with, as <see cref="ILearner.CopyActingPolicy"/> writes it.</param>
    /// <param name="published">The policy to evaluate and export, as <see cref="ILearner.CopyPolicy"/> writes it.</param>
    /// <param name="updates">The updates they are the result of.</param>
    /// <exception cref="LearnerDivergedException">A weight is NaN or infinite; the snapshot is not to be published.</exception>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public bool TryTakePolicies(Span<float> acting, Span<float> published, out long updates)
    {
        updates = updatesOfPolicy;
        if (!policies.TryTake(weights))
        {
            return false;
        }

        int bad = FiniteCheck.IndexOfNonFinite(weights), half = weights.Length / 2;
        if (bad >= 0)
        {
            throw new LearnerDivergedException(
                $"Training diverged: weight {bad % half} of the policy is not a number after update {updates}; it was not published. " +
                "Go back to the last checkpoint, and lower the learning rates or clip gradients.");
        }

        Write(weights.AsSpan(0, half), acting);
        Write(weights.AsSpan(half), published);
        return true;
    }

    /// <summary>
    /// Frees the recording and the read-back buffers, once the device is done with them. A lost device is no error here: whoever lost it
    /// has said so.
    /// </summary>
    public void Dispose()
    {
        device.Context.TryMakeCurrent();
        _ = CudaDriver.cuStreamSynchronize(device.Stream);
        program.Recording?.Dispose();
        reports.Dispose();
        policies.Dispose();
        foreach (CudaEvent made in launched)
        {
            made.Dispose();
        }
    }

    private void Write(ReadOnlySpan<float> policy, Span<float> block)
    {
        normalization.CopyTo(block);
        policy.CopyTo(block[normalization.Length..]);
    }
}
