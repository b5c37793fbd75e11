using System.Diagnostics;
using System.Runtime.InteropServices;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Processes;

/// <summary>A real second process: the test child with one command. Its output is drained; it never outlives the test.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    public ChildProcess(params string[] words)
    {
        // .../dotnet/shared/Microsoft.NETCore.App/10.x/ -> .../dotnet/dotnet: the host that runs this test.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        ProcessStartInfo start = new(Path.Combine(root, "dotnet")) { RedirectStandardError = true };
        start.ArgumentList.Add(typeof(Provenance).Assembly.Location);
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        // Hot code from the start: a child's life is short.
        start.Environment["DOTNET_TieredPGO"] = "0";
        process = Process.Start(start)!;
        errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    /// <summary>What it wrote to its error stream, once it has ended.</summary>
    public string Errors => errors.GetAwaiter().GetResult();

    /// <summary>SIGKILL, and gone when this returns.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public int Wait()
    {
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            Kill();
            throw new TimeoutException($"The child did not end within two minutes. {Errors}");
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }
}
