using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Statistics;

/// <summary>
/// How the returns of the agents' episodes come from the processes that step them to the one that records: each process appends to a file
/// of its own, <c>run_logs/returns-K.f64</c>, float64, little-endian, in the order in which the episodes ended; <see cref="ReturnReader"/>
/// reads on from where it was. A process writes once per step in which episodes end and waits for nobody; what it has written outlives it.
/// Appending allocates nothing, apart from the file's handle at first.
/// </summary>
/// <param name="logs">The run's folder of logs, which exists.</param>
/// <param name="worker">The env process's number.</param>
internal sealed class ReturnLog(string logs, int worker) : IDisposable
{
    private SafeFileHandle? file;
    private long length;

    /// <summary>Adds the returns of episodes that have ended; none is nothing to do.</summary>
    public void Append(ReadOnlySpan<double> returns)
    {
        if (returns.IsEmpty)
        {
            return;
        }

        try
        {
            file ??= Open();
            RandomAccess.Write(file, MemoryMarshal.AsBytes(returns), length);
            length += returns.Length * sizeof(double);
        }
        catch (Exception exception) when (IoFailure.Is(exception))
        {
            // On a full disk the run goes on without these points of a curve; the next ones overwrite what was written of them.
        }
    }

    /// <summary>Returns in a worker's log.</summary>
    public static long CountIn(string logs, int worker) =>
        new FileInfo(RunFolder.ReturnsIn(logs, worker)) is { Exists: true } log ? log.Length / sizeof(double) : 0;

    /// <summary>Forgets all but the first <paramref name="count"/> returns: a run that goes back to a checkpoint makes them again.</summary>
    public static void Truncate(string logs, int worker, long count)
    {
        if (CountIn(logs, worker) > count)
        {
            using SafeFileHandle log = File.OpenHandle(RunFolder.ReturnsIn(logs, worker), FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(log, count * sizeof(double));
        }
    }

    public void Dispose() => file?.Dispose();

    private SafeFileHandle Open()
    {
        SafeFileHandle opened = File.OpenHandle(
            RunFolder.ReturnsIn(logs, worker), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        // Appending goes on behind the last whole number, because a killed writer may have left a part of one.
        length = RandomAccess.GetLength(opened) / sizeof(double) * sizeof(double);
        return opened;
    }
}

/// <summary>
/// Reads what all of a run's processes append to their <see cref="ReturnLog"/>s. What the files hold when it begins was recorded earlier,
/// and is passed over.
/// </summary>
internal sealed class ReturnReader
{
    private readonly string logs;
    private readonly Dictionary<string, long> positions = new(StringComparer.Ordinal);

    public ReturnReader(string logs)
    {
        this.logs = logs;
        foreach (FileInfo file in Files())
        {
            positions[file.Name] = file.Length / sizeof(double) * sizeof(double);
        }
    }

    /// <summary>Adds to <paramref name="returns"/> what has come since the last call.</summary>
    public void Collect(List<double> returns)
    {
        foreach (FileInfo file in Files())
        {
            long from = positions.GetValueOrDefault(file.Name);
            double[] added = new double[Math.Max(0, (file.Length - from) / sizeof(double))];
            if (added.Length == 0)
            {
                continue;
            }

            try
            {
                using SafeFileHandle handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                int read = RandomAccess.Read(handle, MemoryMarshal.AsBytes(added.AsSpan()), from) / sizeof(double);
                positions[file.Name] = from + (read * sizeof(double));
                returns.AddRange(added.AsSpan(0, read));
            }
            catch (Exception exception) when (IoFailure.Is(exception))
            {
                // Only points of a curve are missing until the next call tries again.
            }
        }
    }

    private FileInfo[] Files() => Directory.Exists(logs) ? new DirectoryInfo(logs).GetFiles(RunFolder.ReturnsPattern) : [];
}
