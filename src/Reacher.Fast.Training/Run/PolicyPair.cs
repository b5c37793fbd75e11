using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// What a learner publishes: the policy to act with while training, then the one to evaluate, both of one update, as one array of
/// <see cref="RunPlan.PublishedLength"/> floats.
/// </summary>
internal static class PolicyPair
{
    /// <summary>The policy to act with.</summary>
    public static Span<float> Acting(Span<float> weights) => weights[..(weights.Length / 2)];

    /// <summary>The policy to evaluate.</summary>
    public static Span<float> Evaluated(Span<float> weights) => weights[(weights.Length / 2)..];

    /// <summary>Both, as the learner has them.</summary>
    public static void Copy(ILearner learner, Span<float> weights)
    {
        learner.CopyActingPolicy(Acting(weights));
        learner.CopyPolicy(Evaluated(weights));
    }
}
