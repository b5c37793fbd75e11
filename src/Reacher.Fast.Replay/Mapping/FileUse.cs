using Microsoft.Win32.SafeHandles;

namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// Whether anyone else uses a mapped file, asked of the kernel: a lock on its first byte that belongs to the open file, not to the
/// process (fcntl(2), F_OFD_SETLK). All who map the file share it. The kernel takes it back with the last descriptor or mapping, however
/// its holder ends, so unlike a mark in the file it is never stale, also not after a power loss.
/// </summary>
internal static class FileUse
{
    /// <summary>
    /// Whether this is the only one who uses the file. Others who open it wait from now on, until <see cref="Share"/>. False also
    /// where the system has no such lock.
    /// </summary>
    public static bool TryBeAlone(SafeFileHandle file) =>
        OperatingSystem.IsLinux() && Lock(file, NativeMethods.SetLock, NativeMethods.WriteLock);

    /// <summary>Uses the file beside others; waits for one who is alone with it.</summary>
    public static void Share(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            // Where it is refused there are no such locks, and so nobody who repairs.
            _ = Lock(file, NativeMethods.SetLockAndWait, NativeMethods.ReadLock);
        }
    }

    private static bool Lock(SafeFileHandle file, int command, short kind)
    {
        NativeMethods.FileRange range = new() { Kind = kind, Length = 1 };
        int result;
        do
        {
            result = NativeMethods.Fcntl(file, command, ref range);
        }
        while (result != 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == NativeMethods.Interrupted);
        return result == 0;
    }
}
