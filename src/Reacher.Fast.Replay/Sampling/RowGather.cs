using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Replay.Sampling;

/// <summary>
/// Copies rows from their slots into the arrays of a batch, each checked before and after (R1 to R4). The rows to come are
/// prefetched: at random places in gigabytes nearly every one is a cache and a page-table miss.
/// </summary>
internal static unsafe class RowGather
{
    /// <summary>Rows prefetched ahead. Measured: 6 to 20 do about as well; fewer do not cover a miss, more crowd each other out.</summary>
    public const int PrefetchDistance = 10;

    /// <summary>
    /// Fills row <c>i</c> of <paramref name="batch"/> from <c>slots[i]</c> for every i, and notes in
    /// <paramref name="refused"/> the rows whose slot was unpublished or overwritten meanwhile. Returns how many those are.
    /// </summary>
    /// <param name="source">The mapped rows.</param>
    /// <param name="spec">Their sizes, and the batch's.</param>
    /// <param name="slots">The slot to read for each row of the batch.</param>
    /// <param name="targets">The batch's row for each entry of <paramref name="slots"/>.</param>
    /// <param name="batch">The batch that is filled.</param>
    /// <param name="refused">Written: the batch's rows still to be filled. May be <paramref name="targets"/> itself.</param>
    /// <remarks>
    /// Optimised from its first call: a fresh learner must not sample at a third of the speed until the JIT's timer fires.
    /// Never inlined: within its caller it has too few registers, which costs a quarter.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int Gather<TValidation>(
        RowSlots source, TransitionSpec spec, ReadOnlySpan<long> slots, ReadOnlySpan<int> targets, BatchBuffer batch, Span<int> refused)
        where TValidation : struct, IRowValidation
    {
        // In locals: the compiler cannot know that no store below changes a field.
        nint observation = spec.ObservationSize, action = spec.ActionSize;
        int prefetched = RowPrefetch.BytesOf(spec);
        int failures = 0;
        fixed (float* observations = batch.Observations, actions = batch.Actions, rewards = batch.Rewards,
               discounts = batch.Discounts, nextObservations = batch.NextObservations)
        {
            int warm = Math.Min(PrefetchDistance, slots.Length);
            for (int i = 0; i < warm; i++)
            {
                RowPrefetch.Lines(source.Address(slots[i]), prefetched);
            }

            for (int i = 0; i < slots.Length; i++)
            {
                if (i + PrefetchDistance < slots.Length)
                {
                    RowPrefetch.Lines(source.Address(slots[i + PrefetchDistance]), prefetched);
                }

                nint row = targets[i];
                byte* address = source.Address(slots[i]);
                ulong stamp = RowSlots.ReadStamp(address);
                if (!RowStamp.IsPublished(stamp))
                {
                    refused[failures++] = (int)row;
                    continue;
                }

                float* part = (float*)(address + TransitionSpec.RowHeaderBytes);
                FloatCopy.Copy(observations + (row * observation), part, observation);
                part += observation;
                FloatCopy.Copy(actions + (row * action), part, action);
                part += action;
                rewards[row] = part[0];
                discounts[row] = part[1];
                FloatCopy.Copy(nextObservations + (row * observation), part + 2, observation);
                if (!TValidation.Accept(source, address, stamp))
                {
                    refused[failures++] = (int)row;
                }
            }
        }

        return failures;
    }
}
