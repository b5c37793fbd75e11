using System.Runtime.InteropServices;
using Reacher.Fast.Core.Memory;

namespace Reacher.Fast.Core.Tests.Kernels.Simd;

/// <summary>
/// Memory that ends where an inaccessible page begins, or begins where one ends: a kernel that reads or writes one float too
/// far kills the test run instead of passing.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly nint start;
    private readonly nuint bytes;

    private GuardedMemory(int floats, bool guardAtEnd)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint needed = (nuint)floats * sizeof(float);
        nuint inner = (needed + page - 1) / page * page;
        bytes = inner + 2 * page;
        start = Map(0, bytes, None, PrivateAnonymous, -1, 0);
        if (start == -1 || Protect(start + (nint)page, inner, ReadWrite) != 0)
        {
            throw new InvalidOperationException("No guarded memory to be had.");
        }

        Address = start + (nint)page + (guardAtEnd ? (nint)(inner - needed) : 0);
    }

    /// <summary>The first float.</summary>
    public nint Address { get; }

    /// <summary>An allocator for a device; on other systems than Linux plain memory.</summary>
    public static Func<int, (nint Address, IDisposable Owner)> Allocator(bool guardAtEnd) => floats =>
    {
        if (!OperatingSystem.IsLinux())
        {
            AlignedMemory<float> plain = new(floats);
            return (plain.Address, plain);
        }

        GuardedMemory memory = new(floats, guardAtEnd);
        return (memory.Address, memory);
    };

    public void Dispose() => _ = Unmap(start, bytes);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
