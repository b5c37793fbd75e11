using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// The seeds of a run's parts, made from the run's one seed. The seed is first multiplied by <see cref="SplitMix64.Golden"/>, which takes
/// neighbouring seeds far from each other, so that runs with seeds 1 and 2 share nothing.
/// </summary>
internal static class Seeds
{
    private const ulong TopBit = 1UL << 63;

    /// <summary>
    /// The seed of an env process's life: its environment's resets, its exploration and its warm-up actions follow from it. The index keeps
    /// processes apart (it counts in steps of 2^32), and the vector steps made so far keep the lives of one process apart (in steps of
    /// 2^8), so that a restarted process does not play its first episodes again. A life's seed can be another process's only after 2^24
    /// vector steps.
    /// </summary>
    /// <param name="run">The run's seed.</param>
    /// <param name="index">The process's number among the env processes.</param>
    /// <param name="vectorSteps">Vector steps that it made in earlier lives.</param>
    public static ulong OfEnvironment(ulong run, int index, long vectorSteps) =>
        unchecked((run * SplitMix64.Golden) + ((ulong)index << 32) + ((ulong)vectorSteps << 8) + 1) >> 1;

    /// <summary>
    /// The seed of a segment of lock-step training, whose reset, exploration and warm-up actions follow from it alone, so that a run that
    /// goes on from a checkpoint plays its next segment as it would have. No two segments share one: two that did would make the same random
    /// decisions from the same beginning, and a warm-up of which each row lies in the replay twice teaches half as much.
    /// </summary>
    /// <param name="run">The run's seed.</param>
    /// <param name="segment">The segment's number.</param>
    public static ulong OfSegment(ulong run, long segment) => unchecked((run * SplitMix64.Golden) >> 1) + (ulong)segment;

    /// <summary>
    /// The seed of an evaluation episode: episode k has the same goals whatever was trained and however often the process was restarted.
    /// No two episodes of a run share one, as their numbers differ. None is a training seed of the same run: those are half of the
    /// product, shifted down, and this is the product itself with its top bit turned, so the two are near each other only where the
    /// product is within 2^41 of 2^64.
    /// </summary>
    /// <param name="run">The run's seed.</param>
    /// <param name="episode">The episode's number.</param>
    public static ulong OfEvaluation(ulong run, long episode) => TopBit ^ unchecked(run * SplitMix64.Golden) ^ (ulong)episode;
}
