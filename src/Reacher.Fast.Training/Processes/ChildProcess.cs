using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// One child of the supervisor. Both of its outputs are read at all times, because a full one would block the child. Their lines go into
/// its log, where they wait for nobody, and the last ones are kept, to be quoted if it dies.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LastLines = 12;

    // A line that is longer is cut into several, so that output without an end of line does not fill the memory.
    private const int LongestLine = 1 << 14;

    // A process that the child has started may hold the child's pipes open after the child has ended, so their end is not awaited for
    // longer than this.
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly ProcessLog log;
    private readonly Queue<string> lastLines = new();
    private readonly Lock gate = new();
    private readonly Action<string> warned;
    private readonly Stream output;
    private readonly Stream errors;
    private readonly Task reading;

    private ChildProcess(string name, Process process, ProcessLog log, Action<string> warned)
    {
        Name = name;
        this.warned = warned;
        this.process = process;
        this.log = log;
        (output, errors) = (process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        reading = Task.WhenAll(Read(output), Read(errors));
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

    /// <summary>Starts this executable with <paramref name="arguments"/>.</summary>
    /// <param name="name">The process's name, such as <c>env-0</c>.</param>
    /// <param name="log">Takes its output; not disposed here.</param>
    /// <param name="arguments">The verb and what it needs.</param>
    /// <param name="warned">Told what the child says by <see cref="OutputLine.WriteWarning"/>, on any thread.</param>
    /// <param name="environment">Variables that it has beside those of this process; null for none.</param>
    public static ChildProcess Start(
        string name,
        ProcessLog log,
        IEnumerable<string> arguments,
        Action<string> warned,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = new Process { StartInfo = ChildCommand.Create(arguments) };
        foreach ((string variable, string value) in environment ?? new Dictionary<string, string>())
        {
            process.StartInfo.Environment[variable] = value;
        }

        try
        {
            process.Start();
            log.Write(string.Create(CultureInfo.InvariantCulture, $"Process {process.Id} is {name}."));
            return new ChildProcess(name, process, log, warned);
        }
        catch
        {
            process.Dispose();
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
            reading.Wait(OutputPatience);
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
        // A process leaves these to whoever has asked for them; this ends the reading where something else still holds them open.
        output.Dispose();
        errors.Dispose();
    }

    private async Task Read(Stream stream)
    {
        PipeReader reader = PipeReader.Create(stream);
        try
        {
            bool ended;
            do
            {
                ReadResult read = await reader.ReadAsync().ConfigureAwait(false);
                ReadOnlySequence<byte> rest = read.Buffer;
                ended = read.IsCompleted;
                TakeLines(ref rest, ended);
                reader.AdvanceTo(rest.Start, rest.End);
            }
            while (!ended);
        }
        catch (Exception error) when (IoFailure.Is(error) || error is ObjectDisposedException or OperationCanceledException)
        {
            // The child has ended, and what it started holds its output open; nobody reads on.
        }
    }

    private void TakeLines(ref ReadOnlySequence<byte> rest, bool ended)
    {
        while (!rest.IsEmpty)
        {
            long length = rest.PositionOf((byte)'\n') is SequencePosition end ? rest.Slice(0, end).Length : -1;
            bool isWhole = length >= 0 && length <= LongestLine;
            if (!isWhole && rest.Length < LongestLine && !ended)
            {
                return;
            }

            ReadOnlySequence<byte> line = rest.Slice(0, isWhole ? length : Math.Min(rest.Length, LongestLine));
            Take(Encoding.UTF8.GetString(line).TrimEnd('\r'));
            rest = rest.Slice(isWhole ? length + 1 : line.Length);
        }
    }

    private void Take(string line)
    {
        // A player's output comes this way too, and the log is read on terminals.
        line = PrintableText.Of(line);
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
        }

        log.Write(line);
    }
}
