using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Torch.Batch;

namespace Reacher.Fast.Torch.Learner;

/// <summary>The two halves of an algorithm's update, and what of its state the networks do not hold.</summary>
internal interface ITorchUpdate : IDisposable
{
    /// <summary>Target, critic loss, a step of both critics.</summary>
    void UpdateCritics(TorchBatch batch, bool withPolicy, double learningRateScale);

    /// <summary>Policy loss, a step of the policy and whatever else goes with it.</summary>
    void UpdatePolicy(TorchBatch batch, double learningRateScale);

    /// <summary>Adds what only this algorithm has.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Reads and checks what only this algorithm has; the action returned takes it over and cannot fail.</summary>
    Action StageState(StateDictionary state);
}
