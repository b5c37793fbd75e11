using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// Rows composed in private memory, in the file's own layout, and then written to their slots: composing in place would
/// hold a slot unpublished for longer, and the checksum would read back what was just streamed out.
/// </summary>
internal sealed unsafe class StagedRows : IDisposable
{
    /// <summary>
    /// Slots asked for ahead of the one written: a ring in memory is cold when it comes round, and a store that misses holds up
    /// all behind it.
    /// </summary>
    private const int PrefetchDistance = 8;

    /// <summary>A fence for fewer rows costs more than streaming saves (docs/measuring.md).</summary>
    private const int FewestStreamed = 12;

    /// <summary>Rows that are unpublished at a time; more would gain nothing.</summary>
    private const int MostStreamed = 32;

    /// <summary>Shorter rows lie mostly on their stamps' lines.</summary>
    private const int ShortestStreamed = 256;

    private readonly AlignedMemory<byte> memory;
    private readonly AlignedMemory<uint> ids;
    private readonly int observationSize;
    private readonly int actionSize;
    private readonly int stride;
    private readonly int prefetched;
    private readonly bool streams;

    /// <summary>Room for <paramref name="rows"/> rows of <paramref name="spec"/>.</summary>
    /// <param name="spec">Sizes of a row.</param>
    /// <param name="rows">The most that are published at once.</param>
    public StagedRows(TransitionSpec spec, int rows)
    {
        streams = RowSlots.CanStream && spec.StrideBytes >= ShortestStreamed;
        observationSize = spec.ObservationSize;
        actionSize = spec.ActionSize;
        stride = spec.StrideBytes;
        prefetched = RowPrefetch.BytesOf(spec);
        memory = new AlignedMemory<byte>(checked(rows * stride));
        ids = new AlignedMemory<uint>(rows);
    }

    /// <summary>Rows there is room for.</summary>
    public int Capacity => ids.Length;

    /// <summary>Composes row <paramref name="row"/>.</summary>
    /// <exception cref="ArgumentException">A part has not the spec's length, or there is no such row.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Compose(
        int row, uint stream, ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward, float discount,
        ReadOnlySpan<float> nextObservation)
    {
        if ((uint)row >= (uint)Capacity || observation.Length != observationSize || action.Length != actionSize ||
            nextObservation.Length != observationSize)
        {
            ThrowUnfit();
        }

        fixed (float* first = observation, second = action, last = nextObservation)
        {
            float* part = (float*)(Address(row) + TransitionSpec.RowHeaderBytes);
            FloatCopy.Copy(part, first, observationSize);
            part += observationSize;
            FloatCopy.Copy(part, second, actionSize);
            part += actionSize;
            part[0] = reward;
            part[1] = discount;
            FloatCopy.Copy(part + 2, last, observationSize);
        }

        ((uint*)ids.Address)[row] = stream;
    }

    /// <summary>
    /// Writes rows 0 to <paramref name="count"/> - 1 to the positions from <paramref name="start"/> on, which the caller has
    /// claimed.
    /// </summary>
    public void Publish(RowSlots slots, ulong start, int count, long capacity)
    {
        if (streams && count >= FewestStreamed)
        {
            PublishStreamed(slots, start, count, capacity);
        }
        else
        {
            PublishOneByOne(slots, start, count, capacity);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Dispose();
        ids.Dispose();
    }

    /// <summary>Address of row <paramref name="row"/>.</summary>
    internal byte* Address(int row) => (byte*)memory.Address + ((nint)row * stride);

    /// <summary>Stream ids of the first rows.</summary>
    public ReadOnlySpan<uint> Streams(int count) => ids.Span[..count];

    /// <summary>Stream id of row <paramref name="row"/>.</summary>
    internal uint Stream(int row) => ids.Span[row];

    private static void ThrowUnfit() =>
        throw new ArgumentException("A row's parts do not have the lengths of its spec, or there is no room for it.");

    private static long After(long slot, long capacity) => slot + 1 == capacity ? 0 : slot + 1;

    /// <summary>The clear version: W1 to W4 for one row after another. A slot is unpublished no longer than its copy takes.</summary>
    /// <remarks>
    /// Optimised from its first call, as is its twin: nothing here for a profile to improve, and an actor's first minutes count
    /// too.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal void PublishOneByOne(RowSlots slots, ulong start, int count, long capacity)
    {
        Seal(slots, start, 0, count);
        long slot = (long)(start % (ulong)capacity);
        for (int i = 0; i < count; i++)
        {
            // Beyond this claim too: mostly the next one is ours; where it is another's, asking cost nothing that two writers
            // showed (docs/measuring.md).
            RowPrefetch.Lines(slots.Address(slot + PrefetchDistance), prefetched);
            ulong position = start + (ulong)i;
            slots.MarkWriting(slot, position);
            slots.StoreBody(slot, Address(i));
            slots.Publish(slot, position);
            slot = After(slot, capacity);
        }
    }

    /// <summary>
    /// The same steps for many rows side by side, all but the stamps' lines streamed. A fence waits until every line streamed
    /// before it is on its way to memory, so it stands once for many rows, and the checksums, which live on the stamps'
    /// lines, are taken in that time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void PublishStreamed(RowSlots slots, ulong start, int count, long capacity)
    {
        int groups = (count + MostStreamed - 1) / MostStreamed, group = (count + groups - 1) / groups;
        long slot = (long)(start % (ulong)capacity);
        for (int begin = 0; begin < count; begin += group)
        {
            int end = Math.Min(count, begin + group);
            long first = slot;
            for (int i = begin; i < end; i++, slot = After(slot, capacity))
            {
                RowPrefetch.Line(slots.Address(slot + group));
                slots.MarkWriting(slot, start + (ulong)i);
            }

            RowSlots.Fence();
            slot = first;
            for (int i = begin; i < end; i++, slot = After(slot, capacity))
            {
                slots.StreamTail(slot, Address(i));
            }

            Seal(slots, start, begin, end);
            slot = first;
            for (int i = begin; i < end; i++, slot = After(slot, capacity))
            {
                slots.StoreHead(slot, Address(i));
            }

            RowSlots.Fence();
            slot = first;
            for (int i = begin; i < end; i++, slot = After(slot, capacity))
            {
                slots.Publish(slot, start + (ulong)i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Seal(RowSlots slots, ulong start, int begin, int end)
    {
        uint* stream = (uint*)ids.Address;
        int i = begin;
        for (; i + 4 <= end; i += 4)
        {
            slots.SealFour(Address(i), start + (ulong)i, stream + i);
        }

        for (; i < end; i++)
        {
            slots.Seal(Address(i), start + (ulong)i, stream[i]);
        }
    }
}
