using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Torch.Learner;

/// <content>State out and in, as this project's own learners have it: first everything is read and checked, then everything is taken over.</content>
internal sealed partial class TorchLearner
{
    private const string AlgorithmKey = "learner.algorithm";

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
            throw new LearnerDivergedException(
                $"Training diverged: {exception.Message} after update {Updates}; no checkpoint was written. Go back to the last one, " +
                "and lower the learning rates or clip gradients.", exception);
        }

        normalizer.SaveState(state);
        rewardScaling.SaveState(state);
        state.Add("learner.updates", Updates);
        state.Add("noise.seed", seed);
        state.Add("noise.update_counter", updateCounter);
        state.Metadata[AlgorithmKey] = Algorithm;
        PolicyFile.DescribeNetwork(Policy, state);
        state.Metadata[PolicyFile.PublishedKey] = PublishesAverage ? "target_actor" : "actor";
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.Metadata.TryGetValue(AlgorithmKey, out string? algorithm) || algorithm != Algorithm)
        {
            throw new InputException(
                $"The checkpoint is of a '{algorithm ?? "unknown"}' learner where '{Algorithm}' is configured; use the configuration " +
                "it was trained with.");
        }

        using TorchDevice.StreamScope stream = device.Enter();
        Action load = networks.Actor.StageState(state);
        load += networks.Critic.StageState(state);
        load += update.StageState(state);
        float[] reported = TensorCodec.Stage("learner.report", state, ReportSlot.Count);
        load += () => report.Load(reported);
        load += normalizer.StageState(state);
        load += rewardScaling.StageState(state);
        (long updates, ulong newSeed, ulong counter) =
            (state.GetInt64("learner.updates"), state.GetUInt64("noise.seed"), state.GetUInt64("noise.update_counter"));

        load();
        (Updates, seed, updateCounter) = (updates, newSeed, counter);
    }
}
