using System.Runtime.CompilerServices;
using Reacher.Fast.Replay.Format;

namespace Reacher.Fast.Replay.Sampling;

/// <summary>How a copied row is judged; a type argument, so that each way compiles to a loop of its own.</summary>
internal unsafe interface IRowValidation
{
    /// <summary>Whether the copy made of the mapped <paramref name="row"/> under <paramref name="stamp"/> may be used.</summary>
    static abstract bool Accept(RowSlots slots, byte* row, ulong stamp);
}

/// <summary>R3 and R4: the stamp is still the same. What samplers use.</summary>
internal readonly unsafe struct StampValidation : IRowValidation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Accept(RowSlots slots, byte* row, ulong stamp) => RowSlots.StillStamped(row, stamp);
}

/// <summary>The stamp, and the row's CRC32C.</summary>
internal readonly unsafe struct ChecksumValidation : IRowValidation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Accept(RowSlots slots, byte* row, ulong stamp)
    {
        // Of the mapped row, not of the copy, whose parts lie in five arrays; the stamp says whether both saw the same.
        bool whole = slots.Checksum(row, stamp, RowSlots.StreamOf(row)) == RowSlots.ChecksumOf(row);
        return RowSlots.StillStamped(row, stamp) && whole;
    }
}
