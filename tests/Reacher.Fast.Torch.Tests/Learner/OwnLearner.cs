using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Torch.Tests.Learner;

/// <summary>This project's own learner on the processor, with its device.</summary>
internal sealed class OwnLearner : ILearner
{
    private readonly IKernelDevice device = KernelDevices.Create("cpu", threads: 1);
    private readonly ILearner learner;

    public OwnLearner(LearnerOptions options, TransitionSpec spec) => learner = LearnerFactory.Create(options, spec, device);

    public PolicySpec Policy => learner.Policy;

    public long Updates => learner.Updates;

    public float LearningRateScale
    {
        get => learner.LearningRateScale;
        set => learner.LearningRateScale = value;
    }

    public LearnerReport Update(in TransitionBatch batch) => learner.Update(batch);

    public void CopyPolicy(Span<float> destination) => learner.CopyPolicy(destination);

    public void CopyActingPolicy(Span<float> destination) => learner.CopyActingPolicy(destination);

    public void SaveState(StateDictionary state) => learner.SaveState(state);

    public void LoadState(StateDictionary state) => learner.LoadState(state);

    public void Dispose()
    {
        learner.Dispose();
        device.Dispose();
    }
}
