using System.Diagnostics;

namespace Reacher.Fast.Testing;

/// <summary>A disk with faults, for the processes that are started with its environment variables (<c>Native/faults.c</c>).</summary>
public static class FaultyDisk
{
    /// <summary>The variables for a disk on which fsync(2) is slow. Ignores the test where the shim cannot be built.</summary>
    /// <param name="folder">Where the shim is built.</param>
    /// <param name="role">An argument of the process that is concerned, such as <c>role-eval</c>.</param>
    /// <param name="fsync">What fsync takes longer than it would.</param>
    public static IReadOnlyDictionary<string, string> Slow(string folder, string role, TimeSpan fsync) => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Build(folder),
        ["FAULT_ROLE"] = role,
        ["FAULT_FSYNC_MS"] = fsync.TotalMilliseconds.ToString("F0", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Build(string folder)
    {
        string library = Path.Combine(folder, "faults.so");
        string source = Path.Combine(TestContext.CurrentContext.TestDirectory, "Native", "faults.c");
        try
        {
            using Process compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]);
            compiler.WaitForExit();
            Assert.That(compiler.ExitCode, Is.Zero, "the shim does not compile");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no gcc here to build the shim.");
        }

        return library;
    }
}
