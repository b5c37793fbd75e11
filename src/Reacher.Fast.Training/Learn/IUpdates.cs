using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Training.Learn;

/// <summary>
/// The updates of a learner's turn, on the CPU at once or queued on a GPU: <see cref="Sample"/>, then <see cref="Update"/>, and
/// <see cref="TryCopyPolicies"/> when a publication is due.
/// </summary>
internal interface IUpdates : IDisposable
{
    /// <summary>Draws what the next <see cref="Update"/> learns from.</summary>
    /// <returns>False where there is nothing to draw from yet, and so nothing to update with.</returns>
    bool Sample();

    /// <summary>
    /// Whether the last <see cref="Sample"/> found no row that could be drawn, so that only a step of an environment helps; not where rows
    /// are merely on their way to a GPU.
    /// </summary>
    bool IsStarved { get; }

    /// <summary>Makes, or queues, the updates of one turn on what <see cref="Sample"/> has drawn.</summary>
    /// <param name="newest">The figures of the newest update that has been reported since the last call; null if there are none.</param>
    /// <returns>How many updates it made or queued.</returns>
    int Update(out LearnerReport? newest);

    /// <summary>
    /// Copies the policies, as <see cref="Run.PolicyPair"/> has them. A GPU, which is not waited for, takes a snapshot at the first call,
    /// answers false until it has come, and then copies it: call it every turn until it answers true.
    /// </summary>
    /// <param name="weights">The memory into which the policies are copied.</param>
    /// <param name="updates">The updates they are the result of.</param>
    bool TryCopyPolicies(Span<float> weights, out long updates);

    /// <summary>Waits for what is queued and checks it, before the learner's state is taken.</summary>
    void Settle();
}
