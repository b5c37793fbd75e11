using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reacher.Fast.Replay.Mapping;

/// <summary>libc, declarations only. Called on Linux alone; elsewhere the portable way is taken.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Libc = "libc";

    // ---- Files -----------------------------------------------------------------------------------------------------

    /// <summary>Reserves the file's space. Returns 0 or the error number itself (errno is not set).</summary>
    [LibraryImport(Libc, EntryPoint = "posix_fallocate")]
    internal static partial int PosixFallocate(SafeFileHandle file, long offset, long length);

    /// <summary>Sets a lock of the open file. Returns 0, or -1 with errno.</summary>
    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Fcntl(SafeFileHandle file, int command, ref FileRange range);

    /// <summary>F_OFD_SETLK: sets a lock, or fails where another holds one that excludes it.</summary>
    internal const int SetLock = 37;

    /// <summary>F_OFD_SETLKW: the same, but waits for the other.</summary>
    internal const int SetLockAndWait = 38;

    /// <summary>F_RDLCK: beside other readers' locks.</summary>
    internal const short ReadLock = 0;

    /// <summary>F_WRLCK: alone.</summary>
    internal const short WriteLock = 1;

    // ---- Memory ----------------------------------------------------------------------------------------------------

    /// <summary>Advises the kernel on a range of pages. Returns 0, or -1 with errno.</summary>
    [LibraryImport(Libc, EntryPoint = "madvise", SetLastError = true)]
    internal static partial int Madvise(void* address, nuint length, int advice);

    /// <summary>Large pages, where the file system has them.</summary>
    internal const int AdviseHugePage = 14;

    /// <summary>Maps every page writable now (Linux 5.14), so that no later store meets a fault.</summary>
    internal const int AdvisePopulateWrite = 23;

    // ---- Time ------------------------------------------------------------------------------------------------------

    /// <summary>Sleeps for at least the given microseconds, below one second. Returns 0, or -1 when interrupted.</summary>
    [LibraryImport(Libc, EntryPoint = "usleep")]
    internal static partial int Usleep(uint microseconds);

    // ---- Error numbers ---------------------------------------------------------------------------------------------

    /// <summary>EINTR: a signal came first; the call is made again.</summary>
    internal const int Interrupted = 4;

    /// <summary>ENOSPC: the file system is full.</summary>
    internal const int NoSpace = 28;

    /// <summary>EFBIG: the file system or RLIMIT_FSIZE allows no file of this length.</summary>
    internal const int FileTooLarge = 27;

    /// <summary>struct flock of 64-bit Linux: bytes of a file, counted from its beginning.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileRange
    {
        public short Kind;
        public short CountedFrom;
        public long Start;
        public long Length;
        public int Pid;
    }
}
