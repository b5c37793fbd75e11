using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Learner;

/// <summary>State out and in: first everything is read and checked, then everything is taken over.</summary>
public abstract partial class OffPolicyLearner
{
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
            throw Divergence.OfState(exception, Updates);
        }

        normalizer.SaveState(state);
        rewardScaling.SaveState(state);
        new LearnerProgress(Updates, Device.NoiseSeed, Device.UpdateCounter).Save(state, Algorithm, PublishesAverage);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        LearnerProgress.RequireAlgorithm(state, Algorithm);
        Action load = Actor.StageState(state);
        load += Critic.StageState(state);
        load += StageAlgorithmState(state);
        load += ParameterCodec.Stage(Device, Report, "learner.report", state);
        load += normalizer.StageState(state);
        load += rewardScaling.StageState(state);
        LearnerProgress progress = LearnerProgress.Load(state);

        load();
        (Updates, Device.NoiseSeed, Device.UpdateCounter) = progress;
    }

    /// <summary>Adds what only this algorithm has.</summary>
    private protected virtual void SaveAlgorithmState(StateDictionary state)
    {
    }

    /// <summary>Reads and checks what only this algorithm has; the action returned takes it over and cannot fail.</summary>
    private protected virtual Action StageAlgorithmState(StateDictionary state) => static () => { };
}
