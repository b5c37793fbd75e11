using System.IO.MemoryMappedFiles;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// A file mapped whole, read and write, shared. The pointer is acquired once and released once, when the last user has let
/// go: a writer or sampler that outlives its <see cref="ReplayFile"/> still stands on mapped memory.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly FileStream file;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;
    private int users = 1;
    private int disposed;

    private MappedFile(string path, FileStream file, long length)
    {
        Path = path;
        Length = length;
        this.file = file;
        map = MemoryMappedFile.CreateFromFile(
            file, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        // AcquirePointer gives the mapping's base, not the view's.
        start = pointer + view.PointerOffset;
    }

    /// <summary>The file, as given.</summary>
    public string Path { get; }

    /// <summary>Bytes mapped: the whole file.</summary>
    public long Length { get; }

    /// <summary>Address of byte 0; page-aligned. Valid while a user holds this.</summary>
    public byte* Start => start;

    /// <summary>Whether nobody else uses the file; others who open it wait, until <see cref="Share"/>.</summary>
    public bool TryBeAlone() => FileUse.TryBeAlone(file.SafeFileHandle);

    /// <summary>Uses the file beside others, until it is unmapped or the process ends.</summary>
    public void Share() => FileUse.Share(file.SafeFileHandle);

    /// <summary>The shared word at <paramref name="offset"/> bytes.</summary>
    public SharedWord Word(long offset)
    {
        ObjectDisposedException.ThrowIf(users == 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - sizeof(ulong));
        return new SharedWord((ulong*)(start + offset));
    }

    /// <summary>Plain bytes; only for what nobody else writes at the time.</summary>
    public Span<byte> Bytes(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(users == 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<byte>(start + offset, length);
    }

    /// <summary>Creates the file with all its space reserved and zeroed, readable by its owner alone (mode 0600).</summary>
    /// <exception cref="MappedFileException">The file exists, the folder cannot be used, or the space is not there.</exception>
    public static MappedFile Create(string path, long length, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            if (overwrite)
            {
                // Unlinked, never truncated: whoever still maps the old file keeps it instead of dying of SIGBUS.
                File.Delete(path);
            }

            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            FileStream file = new(path, options);
            try
            {
                Reserve(file, path, length);
                return new MappedFile(path, file, length);
            }
            catch
            {
                file.Dispose();
                File.Delete(path);
                throw;
            }
        }
        catch (IOException e) when (File.Exists(path) && !overwrite)
        {
            throw new MappedFileException($"The file {path} exists already; name another, or ask for it to be replaced.", e);
        }
        catch (Exception e) when (IoFailure.Is(e))
        {
            throw new MappedFileException(
                $"The file {path} cannot be created: {e.Message.TrimEnd('.')}; choose a folder that exists and can be written.", e);
        }
    }

    /// <summary>Maps an existing file whole.</summary>
    /// <exception cref="MappedFileException">There is no such file, it is empty, or it cannot be opened for writing.</exception>
    public static MappedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            });
            if (file.Length == 0)
            {
                throw new MappedFileException(
                    $"The file {path} is empty; it is no mapped file of this program, or its creation was interrupted: delete it.")
                {
                    IsLost = true,
                };
            }

            return new MappedFile(path, file, file.Length);
        }
        catch (FileNotFoundException e)
        {
            throw new MappedFileException($"There is no file {path}; check the name.", e) { IsLost = true };
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (IoFailure.Is(e) || e is ArgumentException)
            {
                throw new MappedFileException(
                    $"The file {path} cannot be opened: {e.Message.TrimEnd('.')}; check that it is a regular file you may read and write.",
                    e);
            }

            throw;
        }
    }

    /// <summary>Asks for large pages (where the file system grants them) and, if wanted, maps every page now.</summary>
    public void Advise(bool populate)
    {
        if (OperatingSystem.IsLinux())
        {
            // Both are wishes: a refusal costs speed, never correctness.
            _ = NativeMethods.Madvise(start, (nuint)Length, NativeMethods.AdviseHugePage);
            if (populate)
            {
                _ = NativeMethods.Madvise(start, (nuint)Length, NativeMethods.AdvisePopulateWrite);
            }
        }
    }

    /// <summary>Another user of the pointer; every call is paired with one <see cref="Release"/>.</summary>
    public void AddUser()
    {
        int seen = Volatile.Read(ref users);
        while (true)
        {
            ObjectDisposedException.ThrowIf(seen == 0, this);
            int found = Interlocked.CompareExchange(ref users, seen + 1, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    /// <summary>A user lets go; the last one unmaps.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
        }
    }

    /// <summary>Its creator or opener lets go; a second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>
    /// Takes the file's space before it is mapped. Without this a sparse file would map, and the first store that finds the
    /// disk full would kill the process with SIGBUS, hours later; with it a full disk is an error at creation.
    /// </summary>
    private static void Reserve(FileStream file, string path, long length)
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

        if (error == NativeMethods.FileTooLarge)
        {
            throw new MappedFileException(
                $"The system does not allow {path} to be a file of {length / 1e6:F0} MB; raise the limit (ulimit -f) or lower the capacity.");
        }

        if (error == NativeMethods.NoSpace)
        {
            throw new MappedFileException(
                $"There is no room for {path} ({length / 1e6:F0} MB) where it should lie; free some, lower the capacity, or choose " +
                "another folder.");
        }

        if (error != 0)
        {
            throw new MappedFileException(
                $"The space for {path} ({length / 1e6:F0} MB) cannot be reserved (error {error}); choose a folder on a local file " +
                "system or /dev/shm.");
        }
    }
}
