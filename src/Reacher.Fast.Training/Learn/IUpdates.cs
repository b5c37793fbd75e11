using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Training.Learn;

/// <summary>How a learner process makes its updates and comes by what it publishes.</summary>
internal interface IUpdates : IDisposable
{
    /// <summary>Makes, or queues, the updates of one turn.</summary>
    /// <returns>How many; 0 where the replay holds nothing to draw from yet.</returns>
    int Turn();

    /// <summary>The figures of the newest update that has been reported; false if there are none since the last call.</summary>
    bool TryReport(out LearnerReport report);

    /// <summary>Asks for the policies as all updates so far leave them. False where the ones asked for before are still to come.</summary>
    bool TryQueuePolicies();

    /// <summary>The policies asked for, acting and published one after the other, if they have come.</summary>
    /// <param name="block">Where to.</param>
    /// <param name="updates">The updates they are the result of.</param>
    bool TryTakePolicies(Span<float> block, out long updates);

    /// <summary>Waits for what is queued and checks it, before the learner's state is taken.</summary>
    void Settle();
}
