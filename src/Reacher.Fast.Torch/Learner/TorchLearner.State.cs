using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Torch.Learner;

/// <content>State out and in, as this project's own learners have it: first everything is read and checked, then everything is taken over.</content>
internal sealed partial class TorchLearner
{
    /// <inheritdoc/>
    /// <exception cref="LearnerDivergedException">A tensor holds NaN or infinity.</exception>
    public void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using TorchDevice.StreamScope stream = device.Enter();
        try
        {
            networks.Actor.SaveState(state);
            networks.Critic.SaveState(state);
            update.SaveState(state);
            TensorCodec.Save(report.ToArray(), [ReportSlot.Count], "learner.report", state);
        }
        catch (NotFiniteNumberException exception)
        {
            throw Divergence.OfState(exception, Updates);
        }

        normalizer.SaveState(state);
        rewardScaling.SaveState(state);
        new LearnerProgress(Updates, seed, updateCounter).Save(state, Algorithm, PublishesAverage);
        PolicyFile.DescribeNetwork(Policy, state);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        LearnerProgress.RequireAlgorithm(state, Algorithm);
        using TorchDevice.StreamScope stream = device.Enter();
        Action load = networks.Actor.StageState(state);
        load += networks.Critic.StageState(state);
        load += update.StageState(state);
        float[] reported = TensorCodec.Stage("learner.report", state, ReportSlot.Count);
        load += () => report.Load(reported);
        load += normalizer.StageState(state);
        load += rewardScaling.StageState(state);
        LearnerProgress progress = LearnerProgress.Load(state);

        load();
        (Updates, seed, updateCounter) = progress;
    }
}
