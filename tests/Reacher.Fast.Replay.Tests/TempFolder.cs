namespace Reacher.Fast.Replay.Tests;

/// <summary>A folder of a test's own, gone afterwards; in memory where the machine has such a file system.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder()
    {
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, $"rf-test-{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
