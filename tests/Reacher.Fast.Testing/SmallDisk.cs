using System.Diagnostics;

namespace Reacher.Fast.Testing;

/// <summary>A file system of a few pages over a folder, to be filled to the last byte. Ignores the test where none can be mounted.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string folder;

    /// <param name="folder">An empty one.</param>
    /// <param name="size">As mount(8) has it: <c>64m</c>.</param>
    public SmallDisk(string folder, string size)
    {
        this.folder = folder;
        if (!Run("mount", "-t", "tmpfs", "-o", "size=" + size, "reacher-fast-test", folder))
        {
            Assert.Ignore("A small file system cannot be mounted here: that needs Linux and the right to mount.");
        }
    }

    private string Filler => Path.Combine(folder, "filler");

    /// <summary>Until not a byte is left.</summary>
    public void Fill()
    {
        using var stream = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int piece = 1 << 20; piece > 0; piece /= 2)
        {
            byte[] bytes = new byte[piece];
            try
            {
                while (true)
                {
                    stream.Write(bytes);
                }
            }
            catch (IOException)
            {
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void Empty() => File.Delete(Filler);

    public void Dispose() => Run("umount", folder);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
