using System.Runtime.CompilerServices;

namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// One naturally aligned 64-bit word in memory that other processes map too: the only way anything here touches a shared
/// word. Every verb names its order; docs/memory-ordering.md lists every use with its partner.
/// </summary>
internal readonly unsafe struct SharedWord
{
    private readonly ulong* address;

    /// <summary>The word at <paramref name="address"/>, which must be a multiple of 8.</summary>
    /// <remarks>An interlocked operation across a cache line costs hundreds of nanoseconds on x64 and may fault on ARM64.</remarks>
    public SharedWord(ulong* address)
    {
        if (((nuint)address & 7) != 0)
        {
            throw new ArgumentException("A shared word must lie on a multiple of 8 bytes.");
        }

        this.address = address;
    }

    /// <summary>Load; nothing after it in program order happens before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadAcquire() => Volatile.Read(ref *address);

    /// <summary>Store; nothing before it in program order happens after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease(ulong value) => Volatile.Write(ref *address, value);

    /// <summary>Adds and returns the value before; acquire and release at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong FetchAdd(ulong amount) => Interlocked.Add(ref *address, amount) - amount;

    /// <summary>Stores <paramref name="value"/> if the word is <paramref name="expected"/>; acquire and release at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool CompareAndSet(ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref *address, value, expected) == expected;

    /// <summary>Adds to a counter that this process alone writes: a load and a store, no bus lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddAsOwner(ulong amount) => Volatile.Write(ref *address, *address + amount);

    /// <summary>A double kept in the word, read whole.</summary>
    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadAcquire());

    /// <summary>Stores a double whole.</summary>
    public void WriteDouble(double value) => WriteRelease(BitConverter.DoubleToUInt64Bits(value));
}
