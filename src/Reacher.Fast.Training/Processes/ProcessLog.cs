using System.Globalization;
using System.Text;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The log of one place among a run's processes, to which each process that fills the place appends: a line with time and level for each
/// line of its output. It lies behind an <see cref="OutputPipe"/>, so a disk that is full, slow or gone costs lines of the log, which then
/// says how many, and nothing else.
/// </summary>
internal sealed class ProcessLog : IDisposable
{
    private readonly OutputPipe pipe;

    /// <param name="path">Where it lies; made with its first line.</param>
    public ProcessLog(string path)
    {
        pipe = new OutputPipe(
            Path.GetFileName(path),
            () => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            Notice = lines => Format("WARNING", OutputPipe.DescribeGap(lines)),
        };
    }

    /// <summary>Lines that could not be written so far.</summary>
    public long Dropped => pipe.Dropped;

    /// <summary>Appends a line of the process's output.</summary>
    public void Write(string line) => pipe.TryWrite(Encoding.UTF8.GetBytes(Format(OutputLine.LevelOf(line), line) + "\n"));

    /// <summary>Ends it; what cannot be written within a moment is lost.</summary>
    public void Dispose() => pipe.Dispose();

    private static string Format(string level, string line) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.fff}Z [{level}] {line}");
}
