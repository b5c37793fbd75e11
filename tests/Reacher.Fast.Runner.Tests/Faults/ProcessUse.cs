using System.Globalization;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>What a process takes of the machine, as proc(5) shows it.</summary>
/// <param name="Resident">Resident memory without mapped files, in kB (RssAnon).</param>
/// <param name="Descriptors">Open files.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Seconds">Processor time since its start.</param>
internal sealed record ProcessUse(long Resident, int Descriptors, int Threads, double Seconds)
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    public static ProcessUse Of(int pid)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        string[] status = File.ReadAllLines(folder + "/status");
        // The name in parentheses may hold blanks; the fields are counted from behind it.
        string stat = File.ReadAllText(folder + "/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
        return new ProcessUse(
            Number(status, "RssAnon:"), Directory.GetFiles(folder + "/fd").Length, (int)Number(status, "Threads:"), ticks / TicksPerSecond);
    }

    private static long Number(string[] status, string name)
    {
        string line = Array.Find(status, line => line.StartsWith(name, StringComparison.Ordinal))!;
        return long.Parse(line.AsSpan(name.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
