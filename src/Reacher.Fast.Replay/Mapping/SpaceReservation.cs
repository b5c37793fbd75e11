namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// Takes a file's space before it is mapped. Without it a sparse file maps happily and the first store that finds the disk
/// full kills the process with SIGBUS, hours later; with it a full disk is an error at creation.
/// </summary>
internal static class SpaceReservation
{
    /// <summary>Makes <paramref name="file"/> exactly <paramref name="length"/> bytes, all of them backed and zero.</summary>
    /// <exception cref="MappedFileException">The space is not there.</exception>
    public static void Reserve(FileStream file, string path, long length)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Windows commits a mapping's space when it is created; elsewhere this is the best there is.
            file.SetLength(length);
            return;
        }

        int error;
        do
        {
            error = NativeMethods.PosixFallocate(file.SafeFileHandle, 0, length);
        }
        while (error == NativeMethods.Interrupted);

        if (error is NativeMethods.NoSpace or NativeMethods.FileTooLarge)
        {
            throw new MappedFileException(
                $"There is no room for {path} ({length / 1e6:F0} MB) where it should lie; free some, lower the capacity, or choose another folder.");
        }

        if (error != 0)
        {
            throw new MappedFileException(
                $"The space for {path} ({length / 1e6:F0} MB) cannot be reserved (error {error}); choose a folder on a local file system or /dev/shm.");
        }
    }
}
