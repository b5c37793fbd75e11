using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// One child of the supervisor. Both of its output pipes are drained into one log file at all times (a full pipe would block the child),
/// and the last lines are kept, to be quoted if it dies.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LastLines = 12;

    // A process that the child has started may hold the child's pipes open after the child has ended, so their end is not awaited for
    // longer than this.
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Queue<string> lastLines = new();
    private readonly CountdownEvent openPipes = new(2);
    private readonly Lock gate = new();
    private readonly Action<string> warned;

    private ChildProcess(string name, Process process, StreamWriter log, Action<string> warned)
    {
        Name = name;
        this.warned = warned;
        this.process = process;
        this.log = log;
    }

    /// <summary>Such as <c>env-0</c>; also the name of its log.</summary>
    public string Name { get; }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>What it last wrote, oldest first.</summary>
    public string LastWords
    {
        get
        {
            lock (gate)
            {
                return string.Join(Environment.NewLine, lastLines);
            }
        }
    }

    /// <summary>The sentence it failed with, if that is among what it last wrote.</summary>
    public string? LastError
    {
        get
        {
            lock (gate)
            {
                return lastLines.Select(OutputLine.ErrorIn).LastOrDefault(error => error is not null);
            }
        }
    }

    /// <summary>Processor time used so far; zero once it cannot be read any more.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            try
            {
                process.Refresh();
                return process.HasExited ? TimeSpan.Zero : process.TotalProcessorTime;
            }
            catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>Starts this executable with <paramref name="arguments"/>, its output appended to <paramref name="logFile"/>.</summary>
    /// <param name="name">The process's name, such as <c>env-0</c>.</param>
    /// <param name="logFile">Where its log goes.</param>
    /// <param name="arguments">The verb and what it needs.</param>
    /// <param name="warned">Told what the child says by <see cref="OutputLine.WriteWarning"/>, on any thread.</param>
    public static ChildProcess Start(string name, string logFile, IEnumerable<string> arguments, Action<string> warned)
    {
        ProcessStartInfo start = ChildCommand.Create(arguments);
        var log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        try
        {
            var process = new Process { StartInfo = start };
            var child = new ChildProcess(name, process, log, warned);
            process.OutputDataReceived += (_, line) => child.Write(line.Data);
            process.ErrorDataReceived += (_, line) => child.Write(line.Data);
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return child;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Waits for it to end and for its last output to be in the log.</summary>
    /// <returns>False if it still runs after <paramref name="timeout"/>.</returns>
    public bool WaitForExit(TimeSpan timeout)
    {
        bool ended = process.WaitForExit(timeout);
        if (ended)
        {
            openPipes.Wait(OutputPatience);
        }

        return ended;
    }

    /// <summary>Kills it (SIGKILL) and every process that it has started; does nothing if it has ended.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // The process ended by itself before the signal reached it, which is what the caller wanted.
        }
    }

    public void Dispose()
    {
        process.Dispose();
        lock (gate)
        {
            log.Dispose();
        }
    }

    private void Write(string? line)
    {
        if (line is null)
        {
            openPipes.Signal();
            return;
        }

        if (OutputLine.WarningIn(line) is string sentence)
        {
            warned(sentence);
        }

        lock (gate)
        {
            if (lastLines.Count == LastLines)
            {
                lastLines.Dequeue();
            }

            lastLines.Enqueue(line);
            try
            {
                log.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.fff}Z [{OutputLine.LevelOf(line)}] {line}"));
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // A full disk must not end a run that is otherwise well; the log lacks this line, and the last lines are still kept in
                // memory.
            }
        }
    }
}
