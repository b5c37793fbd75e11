using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Kernels.Simd.Threads;

/// <summary>Which processors a thread may run on. Linux only; elsewhere nothing is pinned and nothing fails.</summary>
public static unsafe partial class ThreadAffinity
{
    /// <summary>Words of a processor mask: 1024 processors, what glibc's cpu_set_t holds.</summary>
    private const int MaskWords = 16;

    /// <summary>The processors that the calling thread may run on, ascending; empty where that cannot be asked.</summary>
    public static int[] AllowedProcessors()
    {
        ulong* mask = stackalloc ulong[MaskWords];
        if (!OperatingSystem.IsLinux() || GetAffinity(0, MaskWords * sizeof(ulong), mask) != 0)
        {
            return [];
        }

        List<int> processors = [];
        for (int i = 0; i < MaskWords * 64; i++)
        {
            if ((mask[i / 64] >> (i % 64) & 1) != 0)
            {
                processors.Add(i);
            }
        }

        return [.. processors];
    }

    /// <summary>Binds the calling thread to one processor. False where it could not be: that costs speed, not correctness.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such processor can be named.</exception>
    public static bool PinCurrentThread(int processor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(processor, MaskWords * 64);
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[processor / 64] = 1UL << (processor % 64);
        return OperatingSystem.IsLinux() && SetAffinity(0, MaskWords * sizeof(ulong), mask) == 0;
    }

    // sched_setaffinity(2): 0, or -1 with errno. A pid of 0 is the calling thread.
    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int pid, nuint bytes, ulong* mask);

    // sched_getaffinity(2), glibc's wrapper: 0, or -1 with errno.
    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int pid, nuint bytes, ulong* mask);
}
