using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// Which process, beyond doubt: process ids are reused, so the start time belongs to it, and the boot too, because files
/// outlive boots.
/// </summary>
/// <param name="Pid">The process id (in this namespace: processes that share a mapped file must see each other's ids).</param>
/// <param name="StartTicks">When it started, in the kernel's clock ticks since boot.</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTicks)
{
    /// <summary>ESRCH, with which Linux answers who reads the file of a process that ended after it was opened.</summary>
    private const int NoSuchProcess = 3;

    private const int PidBits = 22;
    private const ulong PidMask = (1UL << PidBits) - 1;

    private static readonly ulong BootHash = Hash(ReadBootId());

    /// <summary>The identity of this process.</summary>
    public static ProcessIdentity Current { get; } = new(Environment.ProcessId, ReadStartTicks(Environment.ProcessId) ?? 0);

    /// <summary>
    /// The identity in one word, so that it can be compared and set at once: the process id (Linux: below 2^22) in the low
    /// bits, 42 bits of a hash of start time and boot above. Never 0, which means "nobody".
    /// </summary>
    public ulong Incarnation => (SplitMix64.Mix(BootHash ^ StartTicks) << PidBits) | ((ulong)Pid & PidMask);

    /// <summary>The process id in an incarnation.</summary>
    public static int PidOf(ulong incarnation) => (int)(incarnation & PidMask);

    /// <summary>
    /// Whether the process that an incarnation names still runs. False is certain (it can write nothing any more); only a
    /// false may let anyone touch what it held. True where the system does not let this process look, for want of a file descriptor
    /// or of the right to: that says nothing about the other.
    /// </summary>
    public static bool IsAlive(ulong incarnation)
    {
        int pid = PidOf(incarnation);
        try
        {
            return pid != 0 && ReadStartTicks(pid) is { } ticks && new ProcessIdentity(pid, ticks).Incarnation == incarnation;
        }
        catch (Exception e) when (IoFailure.Is(e) || e is System.ComponentModel.Win32Exception)
        {
            return true;
        }
    }

    // Null where there is certainly no such process; whatever else keeps the system from answering is thrown.
    private static ulong? ReadStartTicks(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            try
            {
                using Process process = Process.GetProcessById(pid);
                return process.HasExited ? null : (ulong)process.StartTime.ToUniversalTime().Ticks;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                return null;
            }
        }

        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException || e.HResult == NoSuchProcess)
        {
            return null;
        }

        // proc(5): "pid (name) state ppid ..."; the name may hold anything, so count from its last parenthesis.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const int State = 0;
        const int Threads = 17;
        const int Start = 19;
        bool exited = fields[State] is "Z" or "X" or "x";
        // A zombie leader may have threads that still run their last microseconds: dead only when it is alone.
        return exited && int.Parse(fields[Threads], CultureInfo.InvariantCulture) <= 1
            ? null
            : ulong.Parse(fields[Start], CultureInfo.InvariantCulture);
    }

    private static string ReadBootId()
    {
        const string Path = "/proc/sys/kernel/random/boot_id";
        return File.Exists(Path) ? File.ReadAllText(Path).Trim() : string.Empty;
    }

    private static ulong Hash(string text)
    {
        // FNV-1a, 64 bits.
        ulong hash = 14695981039346656037;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }
}
