using System.Globalization;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Core.Learner;

/// <summary>The guards that keep numbers that are none out of a learner, its figures and its checkpoints, whatever device it learns on.</summary>
internal static class Divergence
{
    /// <summary>Requires a batch that a learner was made for, of finite numbers.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="spec">The sizes of one transition that the learner was made for.</param>
    /// <param name="batchSize">The transitions of a batch that it was made for.</param>
    /// <param name="update">The number of the update that is to learn from it.</param>
    /// <exception cref="ArgumentException">The batch's spec or count is another.</exception>
    /// <exception cref="LearnerDivergedException">A number in it is NaN or infinite.</exception>
    public static void RequireFinite(in TransitionBatch batch, TransitionSpec spec, int batchSize, long update)
    {
        if (batch.Spec != spec || batch.Count != batchSize)
        {
            throw new ArgumentException(
                $"The learner was made for batches of {batchSize} {spec}, not of {batch.Count} {batch.Spec}.", nameof(batch));
        }

        RequireFinite(batch.Observations, "batch", "observations", update);
        RequireFinite(batch.Actions, "batch", "actions", update);
        RequireFinite(batch.Rewards, "batch", "rewards", update);
        RequireFinite(batch.Discounts, "batch", "discounts", update);
        RequireFinite(batch.NextObservations, "batch", "next_observations", update);
    }

    /// <summary>Requires finite numbers of a tensor, whose name is put together only where one is not.</summary>
    /// <exception cref="LearnerDivergedException">One is NaN or infinite.</exception>
    public static void RequireFinite(ReadOnlySpan<float> values, string owner, string tensor, long update)
    {
        int bad = FiniteCheck.IndexOfNonFinite(values);
        if (bad >= 0)
        {
            throw Of($"{owner}.{tensor}[{bad}]", values[bad], update);
        }
    }

    /// <summary>Requires finite figures of an update.</summary>
    /// <param name="figures">One for each <see cref="ReportSlot"/>.</param>
    /// <param name="update">The update's number.</param>
    /// <exception cref="LearnerDivergedException">One is NaN or infinite.</exception>
    public static void RequireFiniteReport(ReadOnlySpan<float> figures, long update)
    {
        int bad = FiniteCheck.IndexOfNonFinite(figures);
        if (bad >= 0)
        {
            throw Of(LearnerFigures.InSlot(bad).Words, figures[bad], update);
        }
    }

    /// <summary>The exception for a state that cannot be saved because a number in it is none.</summary>
    /// <param name="exception">Which number it is.</param>
    /// <param name="updates">Updates behind the state.</param>
    public static LearnerDivergedException OfState(NotFiniteNumberException exception, long updates) => new(
        $"Training diverged: {exception.Message} after update {updates}; no checkpoint was written. Go back to the last one, " +
        "and lower the learning rates or clip gradients.", exception);

    private static LearnerDivergedException Of(string number, float value, long update) => new(
        $"Training diverged: {number} is {value.ToString(CultureInfo.InvariantCulture)} at update {update}; nothing of it was " +
        "published. Go back to the last checkpoint, and lower the learning rates or clip gradients.");
}
