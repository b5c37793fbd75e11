using System.Diagnostics;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// How this executable starts itself again in another role. As an apphost or single file that is the process's own path; under
/// <c>dotnet program.dll</c> it is the host with the assembly as its first argument.
/// </summary>
internal static class ChildCommand
{
    /// <summary>Whether the runtime can be looked into from outside; a user who sets it decides.</summary>
    public const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";

    /// <summary>
    /// Set for a child, which takes it away again: a program that trains whatever its arguments are would have each child start a run of its own.
    /// </summary>
    public const string RoleVariable = "REACHER_FAST_ROLE";

    public static ProcessStartInfo Create(IEnumerable<string> arguments)
    {
        string host = Environment.ProcessPath
            ?? throw new InvalidOperationException("The path of the running executable is unknown, so no child process can be started.");
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        if (IsTestHost(host))
        {
            start.FileName = "dotnet";
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "reacher-fast.dll"));
        }
        else if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        }

        start.Environment[RoleVariable] = "1";
        // A child that is killed would leave its diagnostics socket in the folder for temporary files for ever.
        start.Environment.TryAdd(DiagnosticsVariable, "0");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static bool IsTestHost(string host) => Path.GetFileNameWithoutExtension(host).StartsWith("testhost", StringComparison.Ordinal);
}
