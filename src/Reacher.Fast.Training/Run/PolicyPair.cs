using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// What a learner publishes: the policy to act with while training, then the one to evaluate, both of one update, as one block of
/// <see cref="RunPlan.PublishedLength"/> floats.
/// </summary>
internal static class PublishedPolicies
{
    /// <summary>The policy to act with.</summary>
    public static Span<float> Acting(Span<float> block) => block[..(block.Length / 2)];

    /// <summary>The policy to evaluate.</summary>
    public static Span<float> Evaluated(Span<float> block) => block[(block.Length / 2)..];

    /// <summary>Both, as the learner has them.</summary>
    public static void Copy(ILearner learner, Span<float> block)
    {
        learner.CopyActingPolicy(Acting(block));
        learner.CopyPolicy(Evaluated(block));
    }
}
