namespace Reacher.Fast.Testing;

/// <summary>A new, empty folder for one test, deleted with all it holds when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "reacher-fast-";
    private const string MemoryFileSystem = "/dev/shm";

    /// <summary>A folder among the system's temporary files.</summary>
    public TemporaryFolder()
        : this(Directory.CreateTempSubdirectory(Prefix).FullName)
    {
    }

    private TemporaryFolder(string path) => Path = path;

    /// <summary>The path of the folder.</summary>
    public string Path { get; }

    /// <summary>The path of a file of the folder, which need not exist.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>A folder in memory where the machine has such a file system: where runs keep what they map.</summary>
    public static TemporaryFolder InMemory() => Directory.Exists(MemoryFileSystem)
        ? new TemporaryFolder(Directory.CreateDirectory(System.IO.Path.Combine(MemoryFileSystem, $"{Prefix}{Guid.NewGuid():N}")).FullName)
        : new TemporaryFolder();

    /// <summary>The names of all it holds, in ordinal order.</summary>
    public string[] FileNames() =>
        [.. Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
