using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Memory;

/// <summary>
/// Unmanaged, zeroed memory aligned to a cache line (64 bytes), owned by one handle. Arrays on the pinned object heap are
/// not 64-byte aligned, which an AVX-512 load pays for; this is.
/// </summary>
public sealed unsafe class AlignedMemory<T> : SafeHandle
    where T : unmanaged
{
    /// <summary>Alignment of <see cref="Address"/> in bytes; two lines, so that adjacent-line prefetch shares nothing.</summary>
    public const int Alignment = 128;

    /// <summary>Allocates <paramref name="length"/> zeroed elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The memory cannot be had.</exception>
    public AlignedMemory(int length)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = (nuint)Math.Max(1, length) * (nuint)sizeof(T);
        void* memory = NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(memory, bytes);
        SetHandle((nint)memory);
    }

    /// <summary>A view of <paramref name="length"/> elements of somebody else's memory, which outlives it.</summary>
    internal AlignedMemory(nint address, int length)
        : base(0, ownsHandle: false)
    {
        Length = length;
        SetHandle(address);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>How many elements the memory holds.</summary>
    public int Length { get; }

    /// <summary>Address of element 0. Valid while this owner is alive and not disposed.</summary>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>All elements. The span must not outlive this owner.</summary>
    public Span<T> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new Span<T>((void*)handle, Length);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
