using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace Reacher.Fast.Testing;

/// <summary>
/// A disk with faults, and limits, for the processes of a run that is started with <see cref="Environment"/> (<c>Native/faults.c</c>). They
/// are switched on and off for each role while the run goes on. Roles are named by their verbs, <c>train</c> (the supervisor),
/// <c>role-learner</c>, <c>role-env</c> and <c>role-eval</c>. Ignores the test where the shim cannot be built.
/// </summary>
public sealed class FaultyDisk : IDisposable
{
    private const int BytesOfRole = 64;

    private static readonly string[] Roles = ["train", "role-learner", "role-env", "role-eval"];

    private readonly TemporaryFolder own = new();
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor control;

    /// <param name="folder">The files below it are concerned.</param>
    public FaultyDisk(string folder)
    {
        string path = own["control"];
        file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, BytesOfRole * Roles.Length);
        control = file.CreateViewAccessor();
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Build(own["faults.so"]),
            ["FAULT_CONTROL"] = path,
            ["FAULT_FOLDER"] = folder,
        };
    }

    /// <summary>The environment variables of the run.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>From now on the role's files fail so.</summary>
    public void Fail(string role, DiskFault fault) => Set(role, 0, (int)fault);

    /// <summary>From now on fsync(2) takes so much longer for the role.</summary>
    public void Slow(string role, TimeSpan fsync) => Set(role, 1, (int)fsync.TotalMilliseconds);

    /// <summary>Has the role wait in its next write or flush, until it is released.</summary>
    public void Hold(string role, bool hold = true) => Set(role, 2, hold ? 1 : 0);

    /// <summary>Whether the role waits so; a process that was killed while it waited counts until <see cref="Forget"/>.</summary>
    public bool IsHeld(string role) => control.ReadInt32(At(role, 3)) > 0;

    /// <summary>Whoever waited has been killed.</summary>
    public void Forget(string role) => Set(role, 3, 0);

    /// <summary>The role's processes that start from now on may have so many open files; 0 for what they would have.</summary>
    public void LimitDescriptors(string role, int count) => Set(role, 4, count);

    /// <summary>The role's processes that start from now on may write files of so many megabytes; 0 for what they would be allowed.</summary>
    public void LimitFiles(string role, int megabytes) => Set(role, 5, megabytes);

    /// <summary>Takes all faults back.</summary>
    public void Heal()
    {
        foreach (string role in Roles)
        {
            for (int word = 0; word < 6; word++)
            {
                // How many wait they count themselves, until they have seen that they need not.
                if (word != 3)
                {
                    Set(role, word, 0);
                }
            }
        }
    }

    public void Dispose()
    {
        Heal();
        control.Dispose();
        file.Dispose();
        own.Dispose();
    }

    private static int At(string role, int word) => (Array.IndexOf(Roles, role) * BytesOfRole) + (sizeof(int) * word);

    private static string Build(string library)
    {
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

    private void Set(string role, int word, int value) => control.Write(At(role, word), value);
}
