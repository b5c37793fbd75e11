namespace Reacher.Fast.Core.Files;

/// <summary>
/// Files that are either the old ones or the new ones, whatever happens: the content goes to a temporary file beside the
/// target, is flushed to the disk, and only then takes the target's name; the folder is flushed last.
/// </summary>
public static class AtomicFile
{
    /// <summary>What the names of temporary files end in; a file that ends so belongs to a writer that was killed.</summary>
    public const string TemporarySuffix = ".tmp";

    private const int LinuxNoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Writes <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <exception cref="IOException">It cannot be written; the file of that name, if any, is as it was, and nothing else is left.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new IOException($"'{path}' is not the name of a file.");
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"the folder '{folder}' does not exist");
        }

        string temporary = TemporaryName(full);
        try
        {
            // A file of that name is a dead writer's. Made anew, so that nothing is written through a link of that name.
            File.Delete(temporary);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush();
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FolderHandle.Flush(folder);
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark. Errors as for <see cref="Write"/>.</summary>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>
    /// Makes <paramref name="path"/> another name of <paramref name="existing"/> (a copy where the file system has no links),
    /// replacing what was there in one step.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Link(string existing, string path)
    {
        string full = Path.GetFullPath(path);
        string temporary = TemporaryName(full);
        TryDelete(temporary);
        try
        {
            if (!FolderHandle.TryLink(existing, temporary))
            {
                File.Copy(existing, temporary, overwrite: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            // rename(2) leaves both names where they already are one file.
            TryDelete(temporary);
        }
    }

    /// <summary>Deletes what killed writers of files whose name begins with <paramref name="prefix"/> left in <paramref name="folder"/>.</summary>
    public static void DeleteLeftovers(string folder, string prefix)
    {
        if (Directory.Exists(folder))
        {
            foreach (string leftover in Directory.EnumerateFiles(folder, "." + prefix + "*" + TemporarySuffix))
            {
                TryDelete(leftover);
            }
        }
    }

    /// <summary>Whether <paramref name="error"/> says that the disk, or the user's share of it, is full.</summary>
    public static bool IsDiskFull(Exception error) =>
        error is IOException { HResult: LinuxNoSpace or LinuxQuota or MacQuota or WindowsDiskFull };

    /// <summary>Why a file could not be written, to be put into a sentence.</summary>
    public static string Reason(Exception error) => error switch
    {
        _ when IsDiskFull(error) => "the disk is full",
        ArgumentOutOfRangeException => "the system does not allow a file of that length (ulimit -f)",
        _ => error.Message.TrimEnd('.'),
    };

    // The process id keeps two writers of one target apart; the leading dot keeps it out of listings.
    private static string TemporaryName(string full) => Path.Combine(
        Path.GetDirectoryName(full) ?? string.Empty, $".{Path.GetFileName(full)}.{Environment.ProcessId}{TemporarySuffix}");

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // What it would hide is already on its way to the caller; DeleteLeftovers comes by later.
        }
    }
}
