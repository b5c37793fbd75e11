using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reacher.Fast.Core.Files;

/// <summary>
/// What .NET has no call for: flushing a folder, without which a rename may not survive a power cut (fsync(2)),
/// and a second name for a file (link(2)).
/// </summary>
internal static partial class FolderHandle
{
    private const int ReadOnly = 0;

    /// <summary>Flushes the folder's entries to the disk. Does nothing where folders cannot be opened (Windows journals renames).</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = open(folder, ReadOnly);
        if (descriptor < 0)
        {
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Makes <paramref name="name"/> a second name of the file <paramref name="existing"/>; false where that is impossible.</summary>
    public static bool TryLink(string existing, string name) => !OperatingSystem.IsWindows() && link(existing, name) == 0;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int link(string existing, string name);
}
