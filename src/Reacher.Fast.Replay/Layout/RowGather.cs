using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Replay.Layout;

/// <summary>
/// Copies rows from their slots into the arrays of a batch, each checked before and after (R1 to R4). The rows to come are
/// prefetched: at random places in gigabytes nearly every one is a cache and a page-table miss.
/// </summary>
internal static unsafe class RowGather
{
    /// <summary>Rows prefetched ahead: enough to cover a miss, few enough for the first-level cache.</summary>
    public const int PrefetchDistance = 12;

    private const int LineBytes = 64;

    /// <summary>
    /// Fills row <c>i</c> of <paramref name="batch"/> from <c>slots[i]</c> for every i, and notes in
    /// <paramref name="refused"/> the rows whose slot was unpublished or overwritten meanwhile. Returns how many those are.
    /// </summary>
    /// <param name="source">The mapped rows.</param>
    /// <param name="spec">Their sizes, and the batch's.</param>
    /// <param name="slots">The slot to read for each row of the batch.</param>
    /// <param name="targets">The batch's row for each entry of <paramref name="slots"/>.</param>
    /// <param name="batch">Filled.</param>
    /// <param name="refused">Written: the batch's rows still to be filled. May be <paramref name="targets"/> itself.</param>
    /// <remarks>Optimised from its first call: a fresh learner must not sample at a third of the speed until the JIT's timer fires.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Gather<TValidation>(
        RowSlots source, TransitionSpec spec, ReadOnlySpan<long> slots, ReadOnlySpan<int> targets, BatchBuffer batch, Span<int> refused)
        where TValidation : struct, IRowValidation
    {
        int observation = spec.ObservationSize;
        int action = spec.ActionSize;
        int rowBytes = TransitionSpec.RowHeaderBytes + spec.PayloadBytes;
        int failures = 0;
        fixed (float* observations = batch.Observations, actions = batch.Actions, rewards = batch.Rewards,
               discounts = batch.Discounts, nextObservations = batch.NextObservations)
        {
            int warm = Math.Min(PrefetchDistance, slots.Length);
            for (int i = 0; i < warm; i++)
            {
                Prefetch(source.Address(slots[i]), rowBytes);
            }

            for (int i = 0; i < slots.Length; i++)
            {
                if (i + PrefetchDistance < slots.Length)
                {
                    Prefetch(source.Address(slots[i + PrefetchDistance]), rowBytes);
                }

                long slot = slots[i];
                int row = targets[i];
                ulong stamp = source.ReadStamp(slot);
                if (!RowStamp.IsPublished(stamp))
                {
                    refused[failures++] = row;
                    continue;
                }

                byte* address = source.Address(slot);
                float* payload = (float*)(address + TransitionSpec.RowHeaderBytes);
                Copy(observations + ((nint)row * observation), payload, observation);
                Copy(actions + ((nint)row * action), payload + spec.ActionOffset, action);
                rewards[row] = payload[spec.RewardOffset];
                discounts[row] = payload[spec.DiscountOffset];
                Copy(nextObservations + ((nint)row * observation), payload + spec.NextObservationOffset, observation);
                if (!TValidation.Accept(source, slot, stamp))
                {
                    refused[failures++] = row;
                }
            }
        }

        return failures;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* row, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < bytes; i += LineBytes)
            {
                Sse.Prefetch0(row + i);
            }
        }
    }

    /// <summary>Copies floats, eight at a time; the last eight overlap those before instead of a scalar tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* to, float* from, int count)
    {
        if (count >= Vector256<float>.Count)
        {
            int i = 0;
            for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256.Store(Vector256.Load(from + i), to + i);
            }

            int last = count - Vector256<float>.Count;
            Vector256.Store(Vector256.Load(from + last), to + last);
        }
        else if (count == Vector128<float>.Count)
        {
            Vector128.Store(Vector128.Load(from), to);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                to[i] = from[i];
            }
        }
    }
}
