using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// Learners that compute by other means than this project's devices. An optional assembly that brings some has one public class that implements
/// this.
/// </summary>
public interface ILearnerBackend
{
    /// <summary>Makes sure, as far as can be seen without loading anything large, that <see cref="Create"/> will succeed.</summary>
    /// <param name="device">The device's name, such as <c>torch</c>.</param>
    /// <exception cref="InputException">Something is missing; the sentence says what, and what to do.</exception>
    void Require(string device);

    /// <summary>A learner with fresh weights. Its checkpoints are those of <see cref="LearnerFactory"/>'s learners; the caller disposes it.</summary>
    /// <param name="options">The algorithm and how it learns.</param>
    /// <param name="spec">The sizes of one transition.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="threads">Threads that one op may use on the processor; at least 1.</param>
    /// <exception cref="InputException">An option is out of range, or the device cannot be had.</exception>
    ILearner Create(LearnerOptions options, TransitionSpec spec, string device, int threads);

    /// <summary>What there is on this machine, for <c>doctor</c>: what was found, and what to do to get more, or null.</summary>
    (string Found, string? Advice) Describe();
}
