using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// What the system allows this process (getrlimit(2), a shell's <c>ulimit</c>), asked before a run's folder is made: a run that would not
/// get what it needs is refused with a sentence and leaves nothing behind.
/// </summary>
internal static class ResourceLimits
{
    /// <summary>The fewest open files with which any verb can do its work: each assembly of the runtime takes two while it is loaded.</summary>
    public const long FewestOpenFiles = 160;

    // The runtime keeps the code it compiles in a file in memory, for which the limit counts too; with 10 MB it ends within seconds.
    private const long FewestFileBytes = 64_000_000;

    // As measured, the supervisor has 135 files open and four more for each child, and a child has 85; a player's connection doubles those.
    private const long OpenFilesOfRun = 256;
    private const long OpenFilesPerProcess = 4;
    private const int OtherProcesses = 2;

    /// <summary>The most files that this process may have open at once; <see cref="long.MaxValue"/> where nothing limits them.</summary>
    public static long OpenFiles => Read("Max open files");

    /// <summary>The longest file that this process may write, in bytes.</summary>
    public static long FileBytes => Read("Max file size");

    /// <summary>Why the program cannot work with so few open files, as a sentence.</summary>
    public static string DescribeOpenFiles(long allowed, long needed) => string.Create(
        CultureInfo.InvariantCulture, $"The system allows this process {allowed} open files, and {needed} are needed; raise the limit (ulimit -n).");

    /// <summary>Makes sure that a run gets what it needs.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="replay">Bytes of its replay.</param>
    /// <param name="weights">Bytes of its published weights.</param>
    /// <exception cref="InputException">The system allows it less.</exception>
    public static void Require(RunPlan plan, long replay, long weights)
    {
        long needed = OpenFilesOfRun + (plan.InProcess ? 0 : OpenFilesPerProcess * (plan.EnvironmentCount + OtherProcesses));
        if (OpenFiles < needed)
        {
            throw new InputException(DescribeOpenFiles(OpenFiles, needed));
        }

        RequireFile("The runtime's compiled code", FewestFileBytes, "");
        RequireFile("The run's replay", replay, " or lower --buffer-size");
        RequireFile("The file of published weights", weights, " or lower --hidden-units");
    }

    private static void RequireFile(string content, long bytes, string otherwise)
    {
        if (FileBytes < bytes)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{content} takes up to {bytes / 1e6:N0} MB, and the system allows this process files of {FileBytes / 1e6:N0} MB; " +
                $"raise the limit (ulimit -f){otherwise}."));
        }
    }

    // proc(5): a name, blanks, the soft limit, blanks, the hard limit, the unit. The soft limit is the one that counts, and the runtime has
    // raised that of open files as far as it may.
    private static long Read(string name)
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
        {
            return long.MaxValue;
        }

        foreach (string line in File.ReadAllLines(Limits))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                string rest = line[name.Length..].TrimStart();
                string soft = rest[..rest.IndexOf(' ', StringComparison.Ordinal)];
                return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
            }
        }

        return long.MaxValue;
    }
}
