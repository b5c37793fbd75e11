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
    private readonly AlignedMemory<byte> memory;
    private readonly AlignedMemory<uint> streams;
    private readonly TransitionSpec spec;
    private readonly int stride;
    private readonly int payloadFloats;

    /// <summary>Room for <paramref name="rows"/> rows of <paramref name="spec"/>.</summary>
    public StagedRows(TransitionSpec spec, int rows)
    {
        this.spec = spec;
        stride = spec.StrideBytes;
        payloadFloats = spec.PayloadFloats;
        memory = new AlignedMemory<byte>(checked(rows * stride));
        streams = new AlignedMemory<uint>(rows);
    }

    /// <summary>Rows there is room for.</summary>
    public int Capacity => streams.Length;

    /// <summary>Composes row <paramref name="row"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Compose(
        int row, uint stream, ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward, float discount, ReadOnlySpan<float> nextObservation)
    {
        Span<float> payload = Payload(row);
        observation.CopyTo(payload);
        action.CopyTo(payload[spec.ActionOffset..]);
        payload[spec.RewardOffset] = reward;
        payload[spec.DiscountOffset] = discount;
        nextObservation.CopyTo(payload[spec.NextObservationOffset..]);
        streams.Span[row] = stream;
    }

    /// <summary>Writes rows 0 to <paramref name="count"/> - 1 to the positions from <paramref name="start"/> on, which the caller has claimed.</summary>
    /// <remarks>Optimised from its first call: nothing here for a profile to improve, and an actor's first minutes count too.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Publish(RowSlots slots, ulong start, int count, long capacity)
    {
        byte* staged = (byte*)memory.Address;
        uint* ids = (uint*)streams.Address;
        long slot = (long)(start % (ulong)capacity);
        for (int i = 0; i < count; i++)
        {
            ulong position = start + (ulong)i;
            slots.Seal(staged, position, ids[i]);
            slots.MarkWriting(slot, position);
            slots.StoreBody(slot, staged);
            slots.Publish(slot, position);
            staged += stride;
            slot = slot + 1 == capacity ? 0 : slot + 1;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<float> Payload(int row) =>
        new((byte*)memory.Address + ((nint)row * stride) + TransitionSpec.RowHeaderBytes, payloadFloats);
}
