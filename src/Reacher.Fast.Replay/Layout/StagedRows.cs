using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Memory;

namespace Reacher.Fast.Replay.Layout;

/// <summary>
/// Rows composed in private memory, in the file's own layout, and then written to their slots: composing in place would
/// hold a slot unpublished for longer, and the checksum would read back what was just streamed out.
/// </summary>
internal sealed unsafe class StagedRows : IDisposable
{
    /// <summary>Slots asked for ahead of the one written: a ring in memory is cold when it comes round, and a store that misses holds up all behind it.</summary>
    private const int PrefetchDistance = 8;

    private readonly AlignedMemory<byte> memory;
    private readonly AlignedMemory<uint> streams;
    private readonly int observationSize;
    private readonly int actionSize;
    private readonly int stride;
    private readonly int prefetched;

    /// <summary>Room for <paramref name="rows"/> rows of <paramref name="spec"/>.</summary>
    public StagedRows(TransitionSpec spec, int rows)
    {
        observationSize = spec.ObservationSize;
        actionSize = spec.ActionSize;
        stride = spec.StrideBytes;
        prefetched = RowPrefetch.BytesOf(spec);
        memory = new AlignedMemory<byte>(checked(rows * stride));
        streams = new AlignedMemory<uint>(rows);
    }

    /// <summary>Rows there is room for.</summary>
    public int Capacity => streams.Length;

    /// <summary>Composes row <paramref name="row"/>.</summary>
    /// <exception cref="ArgumentException">A part has not the spec's length, or there is no such row.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Compose(
        int row, uint stream, ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward, float discount, ReadOnlySpan<float> nextObservation)
    {
        if ((uint)row >= (uint)Capacity || observation.Length != observationSize || action.Length != actionSize || nextObservation.Length != observationSize)
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

        ((uint*)streams.Address)[row] = stream;
    }

    /// <summary>Writes rows 0 to <paramref name="count"/> - 1 to the positions from <paramref name="start"/> on, which the caller has claimed.</summary>
    /// <remarks>Optimised from its first call: nothing here for a profile to improve, and an actor's first minutes count too.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Publish(RowSlots slots, ulong start, int count, long capacity)
    {
        byte* rows = (byte*)memory.Address;
        uint* ids = (uint*)streams.Address;
        long slot = (long)(start % (ulong)capacity);
        int i = 0;
        while (i < count)
        {
            // Sealed before any of them is marked: a slot is unpublished no longer than its copy takes.
            int group = count - i >= 4 ? 4 : 1;
            byte* staged = rows + ((nint)i * stride);
            if (group == 4)
            {
                slots.SealFour(staged, start + (ulong)i, ids + i);
            }
            else
            {
                slots.Seal(staged, start + (ulong)i, ids[i]);
            }

            for (int end = i + group; i < end; i++)
            {
                // Beyond this claim too: mostly the next one is ours; where it is another's, asking cost nothing that two writers showed (docs/measuring.md).
                RowPrefetch.Lines(slots.Address(slot + PrefetchDistance), prefetched);
                ulong position = start + (ulong)i;
                slots.MarkWriting(slot, position);
                slots.StoreBody(slot, staged);
                slots.Publish(slot, position);
                staged += stride;
                slot = slot + 1 == capacity ? 0 : slot + 1;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Dispose();
        streams.Dispose();
    }

    /// <summary>Address of row <paramref name="row"/>.</summary>
    internal byte* Address(int row) => (byte*)memory.Address + ((nint)row * stride);

    /// <summary>Stream id of row <paramref name="row"/>.</summary>
    internal uint Stream(int row) => streams.Span[row];

    private static void ThrowUnfit() => throw new ArgumentException("A row's parts do not have the lengths of its spec, or there is no room for it.");
}
