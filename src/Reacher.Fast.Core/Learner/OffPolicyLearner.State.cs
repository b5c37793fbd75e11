using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Learner;

/// <summary>State out and in: first everything is read and checked, then everything is taken over.</summary>
public abstract partial class OffPolicyLearner
{
    private const string AlgorithmKey = "learner.algorithm";

    /// <inheritdoc/>
    /// <exception cref="LearnerDivergedException">A tensor holds NaN or infinity.</exception>
    public void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            Actor.SaveState(state);
            Critic.SaveState(state);
            SaveAlgorithmState(state);
            ParameterCodec.Save(Device, Report, "learner.report", state);
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
        state.Add("noise.seed", Device.NoiseSeed);
        state.Add("noise.update_counter", Device.UpdateCounter);
        state.Metadata[AlgorithmKey] = Algorithm;
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

        Action load = Actor.StageState(state);
        load += Critic.StageState(state);
        load += StageAlgorithmState(state);
        load += ParameterCodec.Stage(Device, Report, "learner.report", state);
        load += normalizer.StageState(state);
        load += rewardScaling.StageState(state);
        (long updates, ulong seed, ulong counter) =
            (state.GetInt64("learner.updates"), state.GetUInt64("noise.seed"), state.GetUInt64("noise.update_counter"));

        load();
        (Updates, Device.NoiseSeed, Device.UpdateCounter) = (updates, seed, counter);
    }

    /// <summary>Adds what only this algorithm has.</summary>
    private protected virtual void SaveAlgorithmState(StateDictionary state)
    {
    }

    /// <summary>Reads and checks what only this algorithm has; the action returned takes it over and cannot fail.</summary>
    private protected virtual Action StageAlgorithmState(StateDictionary state) => static () => { };
}
