namespace Reacher.Fast.Core.Networks;

/// <summary>
/// A policy that chooses actions and does not explore, whoever trained it and whatever computes it: one of this project's, or a model in a format
/// that an optional assembly reads. One thread at a time.
/// </summary>
public interface IPolicy : IDisposable
{
    /// <summary>O, the numbers in an observation.</summary>
    int ObservationSize { get; }

    /// <summary>A, the numbers in an action.</summary>
    int ActionSize { get; }

    /// <summary>Chooses an action for each observation.</summary>
    /// <param name="observations">[N, O], raw: a policy that normalises does so itself.</param>
    /// <param name="actions">[N, A], written.</param>
    /// <exception cref="ArgumentException">The spans are not of the same number of agents.</exception>
    /// <exception cref="InputException">The policy's file gives no usable actions.</exception>
    void Act(ReadOnlySpan<float> observations, Span<float> actions);
}
