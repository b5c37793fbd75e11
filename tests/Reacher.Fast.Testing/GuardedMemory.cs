using System.Runtime.InteropServices;

namespace Reacher.Fast.Testing;

/// <summary>
/// Memory that ends where an inaccessible page begins, or begins where one ends: code that reads or writes one float too far
/// kills the test run instead of passing. Linux only.
/// </summary>
public sealed partial class GuardedMemory : IDisposable
{
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly nint start;
    private readonly nuint mapped;

    /// <summary>Zeroed memory of <paramref name="bytes"/> bytes, with its end or its beginning at a page that cannot be touched.</summary>
    public GuardedMemory(nuint bytes, bool guardAtEnd)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint inner = (bytes + page - 1) / page * page;
        mapped = inner + (2 * page);
        start = Map(0, mapped, None, PrivateAnonymous, -1, 0);
        if (start == -1 || Protect(start + (nint)page, inner, ReadWrite) != 0)
        {
            throw new InvalidOperationException("The system gives no guarded memory.");
        }

        Address = start + (nint)page + (guardAtEnd ? (nint)(inner - bytes) : 0);
    }

    /// <summary>The first byte.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    public void Dispose() => _ = Unmap(start, mapped);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
