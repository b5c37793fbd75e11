using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// An off-policy learner: batch in, better policy out. One thread at a time. Its whole state, noise and optimisers included,
/// goes out and comes back to the bit, so that a resumed run continues the one that was interrupted.
/// </summary>
public interface ILearner : IDisposable
{
    /// <summary>The shape of the policy it trains, and of the block that <see cref="CopyPolicy"/> writes.</summary>
    PolicySpec Policy { get; }

    /// <summary>Updates done since the run began.</summary>
    long Updates { get; }

    /// <summary>
    /// What both learning rates are multiplied by from the next update on; 1 at first. Not part of the state: whoever drives the learner knows
    /// where in its schedule a run is. The entropy coefficient's own rate is left alone.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or no number.</exception>
    float LearningRateScale { get; set; }

    /// <summary>One gradient update (policy and targets as the algorithm's delays say). Allocates nothing, except on TorchSharp.</summary>
    /// <exception cref="ArgumentException">The batch's spec or count is not what the learner was made for.</exception>
    /// <exception cref="LearnerDivergedException">A loss or a weight is NaN or infinite; nothing of this update may be published.</exception>
    LearnerReport Update(in TransitionBatch batch);

    /// <summary>
    /// Writes the policy to evaluate and export as one flat block, <see cref="PolicySpec.BlockLength"/> floats, normaliser included: the trained
    /// one, or its average (<see cref="LearnerOptions.PolicyAveraging"/>).
    /// </summary>
    void CopyPolicy(Span<float> destination);

    /// <summary>
    /// Writes the policy to act with while training: always the trained one, whose lead over its average is what early learning lives on.
    /// </summary>
    void CopyActingPolicy(Span<float> destination);

    /// <summary>Adds everything needed to go on from here: weights, targets, optimisers, entropy coefficient, normaliser, counters.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Takes all of it back.</summary>
    /// <exception cref="InputException">A tensor is missing or of another shape or type; the learner is as it was.</exception>
    void LoadState(StateDictionary state);
}

/// <summary>Training produced a number that is not one. The message names the tensor and the update.</summary>
public sealed class LearnerDivergedException : Exception
{
    /// <summary>An error without a message; use another constructor.</summary>
    public LearnerDivergedException()
    {
    }

    /// <summary>An error whose message names the tensor and the update.</summary>
    public LearnerDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>An error whose message names the tensor and the update, and its cause.</summary>
    public LearnerDivergedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
