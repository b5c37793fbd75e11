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

    /// <summary>One gradient update (policy and targets as the algorithm's delays say). Allocates nothing.</summary>
    /// <exception cref="ArgumentException">The batch's spec or count is not what the learner was made for.</exception>
    /// <exception cref="LearnerDivergedException">A loss or a weight is NaN or infinite; nothing of this update may be published.</exception>
    LearnerReport Update(in TransitionBatch batch);

    /// <summary>
    /// Writes the policy to evaluate and export as one flat block, <see cref="PolicySpec.BlockLength"/> floats, normaliser included: the trained
    /// one, or its average (<see cref="LearnerOptions.PolicyAveraging"/>).
    /// </summary>
    void CopyPolicy(Span<float> destination);

    /// <summary>Writes the policy to act with while training: always the trained one, whose lead over its average is what early learning lives on.</summary>
    void CopyActingPolicy(Span<float> destination);

    /// <summary>Adds everything needed to go on from here: weights, targets, optimisers, entropy coefficient, normaliser, counters.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Takes all of it back.</summary>
    /// <exception cref="InputException">A tensor is missing or of another shape or type; the learner is as it was.</exception>
    void LoadState(StateDictionary state);
}

/// <summary>Figures of one update. A learner on CUDA may report those of a slightly earlier one, so as not to wait.</summary>
/// <param name="CriticLoss">Sum over both critics of the mean squared error.</param>
/// <param name="Q1Loss">The first critic's mean squared error.</param>
/// <param name="Q2Loss">The second critic's mean squared error.</param>
/// <param name="PolicyLoss">The policy's loss; that of the last policy update where they are delayed.</param>
/// <param name="MeanQ">Mean of both critics over the batch.</param>
/// <param name="MeanTarget">Mean of the target y.</param>
/// <param name="Entropy">Mean of -log pi (0 for TD3).</param>
/// <param name="EntropyCoefficient">alpha (0 for TD3).</param>
/// <param name="CriticGradientNorm">L2 norm before clipping; 0 when not measured.</param>
/// <param name="PolicyGradientNorm">L2 norm before clipping; 0 when not measured.</param>
public readonly record struct LearnerReport(
    float CriticLoss,
    float Q1Loss,
    float Q2Loss,
    float PolicyLoss,
    float MeanQ,
    float MeanTarget,
    float Entropy,
    float EntropyCoefficient,
    float CriticGradientNorm,
    float PolicyGradientNorm);

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
