using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Learner;

/// <summary>What a checkpoint says of a learner beside its tensors: which algorithm it is of, and how far it has come.</summary>
/// <param name="Updates">Updates made.</param>
/// <param name="NoiseSeed">The seed of the learner's noise.</param>
/// <param name="NoiseCounter">Updates for which noise was drawn.</param>
internal readonly record struct LearnerProgress(long Updates, ulong NoiseSeed, ulong NoiseCounter)
{
    private const string AlgorithmKey = "learner.algorithm";

    /// <summary>Adds it to a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="algorithm">sac or td3.</param>
    /// <param name="publishesAverage">Whether the policy that is published is the average of the one that is trained.</param>
    public void Save(StateDictionary state, string algorithm, bool publishesAverage)
    {
        state.Add("learner.updates", Updates);
        state.Add("noise.seed", NoiseSeed);
        state.Add("noise.update_counter", NoiseCounter);
        state.Metadata[AlgorithmKey] = algorithm;
        state.Metadata[PolicyFile.PublishedKey] = publishesAverage ? "target_actor" : "actor";
    }

    /// <summary>Requires a state of this algorithm, before anything of it is read.</summary>
    /// <exception cref="InputException">It is of another, or does not say of which.</exception>
    public static void RequireAlgorithm(StateDictionary state, string algorithm)
    {
        if (!state.Metadata.TryGetValue(AlgorithmKey, out string? saved) || saved != algorithm)
        {
            throw new InputException(
                $"The checkpoint is of a '{saved ?? "unknown"}' learner where '{algorithm}' is configured; use the configuration " +
                "it was trained with.");
        }
    }

    /// <summary>Reads it from a state.</summary>
    /// <exception cref="InputException">A number is missing.</exception>
    public static LearnerProgress Load(StateDictionary state) =>
        new(state.GetInt64("learner.updates"), state.GetUInt64("noise.seed"), state.GetUInt64("noise.update_counter"));
}
