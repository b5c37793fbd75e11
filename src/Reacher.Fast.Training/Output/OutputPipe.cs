using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Output;

/// <summary>
/// Text on its way to somebody who may not take it: a terminal that was stopped, a pipe that nobody reads, a log on a full or hung disk.
/// Who writes never waits and never fails. What is written goes into a bounded <see cref="Pipe"/>; a thread of its own takes it out and
/// writes it to the destination, and is the only one that waits there. A message that finds the pipe full is dropped as a whole, what the
/// destination refuses is lost, and both are counted.
/// </summary>
internal sealed class OutputPipe : IDisposable
{
    /// <summary>Bytes that may wait: some minutes of a run's lines.</summary>
    public const int DefaultCapacity = 1 << 18;

    // There is one such thread for each process of a run, and it calls little.
    private const int PumpStack = 1 << 18;

    // Whoever reads takes what is left within milliseconds; one who does not read must not keep the process from ending.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private readonly Pipe pipe;
    private readonly Func<Stream> open;
    private readonly Thread pump;
    private readonly Lock gate = new();
    private Task flushed = Task.CompletedTask;
    private bool completed;
    private volatile bool failing;
    private long accepted;
    private long delivered;
    private long missing;
    private long dropped;

    /// <summary>A pipe to the stream that <paramref name="open"/> opens.</summary>
    /// <param name="name">What the thread is called.</param>
    /// <param name="open">Opens the destination: at the first message, and anew after one that could not be written.</param>
    /// <param name="capacity">Bytes that may wait.</param>
    public OutputPipe(string name, Func<Stream> open, int capacity = DefaultCapacity)
    {
        this.open = open;
        // The writer is paused while this much waits. It does not wait for the pause to end, but drops what it has.
        pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: capacity,
            resumeWriterThreshold: capacity / 2,
            useSynchronizationContext: false));
        pump = new Thread(Pump, PumpStack) { IsBackground = true, Name = name };
        pump.Start();
    }

    /// <summary>
    /// Makes the line that tells how many lines before it are missing; null writes none, where it would disturb what is drawn.
    /// </summary>
    public Func<long, string>? Notice { get; set; } = DescribeGap;

    /// <summary>Lines that were dropped or lost so far.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Whether everything that was taken has been written, or was lost in writing.</summary>
    public bool IsDrained => Interlocked.Read(ref delivered) == Interlocked.Read(ref accepted);

    /// <summary>The sentence that says how many lines are missing before it.</summary>
    public static string DescribeGap(long lines) =>
        string.Create(CultureInfo.InvariantCulture, $"{lines} lines before this one are missing, because they could not be written.");

    /// <summary>Takes a message, whole, or drops it.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool TryWrite(ReadOnlySpan<byte> message)
    {
        lock (gate)
        {
            if (completed || !flushed.IsCompleted)
            {
                CountMissing(message);
                return false;
            }

            // A destination that fails would fail to take the notice as well, and the number in it would be lost.
            if (!failing && Interlocked.Exchange(ref missing, 0) is > 0 and long lines && Notice is not null)
            {
                Take(Encoding.UTF8.GetBytes(Notice(lines) + "\n"));
            }

            Take(message);
            flushed = pipe.Writer.FlushAsync().AsTask();
            return true;
        }
    }

    /// <summary>
    /// Ends the pipe: waits a moment until what waits has been written, and no longer, as the destination may never take it. Messages
    /// that come later are dropped.
    /// </summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (completed)
            {
                return;
            }

            completed = true;
            pipe.Writer.Complete();
        }

        pump.Join(LongestEnd);
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        pipe.Writer.Write(message);
        Interlocked.Add(ref accepted, message.Length);
    }

    private void CountMissing(ReadOnlySpan<byte> message)
    {
        int lines = Math.Max(1, message.Count((byte)'\n'));
        Interlocked.Add(ref missing, lines);
        Interlocked.Add(ref dropped, lines);
    }

    private void Pump()
    {
        Stream? destination = null;
        ReadResult read;
        do
        {
            read = pipe.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                failing = !Deliver(part.Span, ref destination);
            }

            // What is being written still counts as waiting, so that a destination that blocks fills the pipe. A pipe that is drained takes the
            // next message, so what was written is counted after its room is free.
            long length = read.Buffer.Length;
            pipe.Reader.AdvanceTo(read.Buffer.End);
            Interlocked.Add(ref delivered, length);
        }
        while (!read.IsCompleted);
        Close(destination);
    }

    private bool Deliver(ReadOnlySpan<byte> part, ref Stream? destination)
    {
        try
        {
            destination ??= open();
            if (failing)
            {
                // The part that failed may have been written up to the middle of a line.
                destination.Write("\n"u8);
            }

            destination.Write(part);
            destination.Flush();
            return true;
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            CountMissing(part);
            Close(destination);
            destination = null;
            return false;
        }
    }

    private static void Close(Stream? destination)
    {
        try
        {
            destination?.Dispose();
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // What could not be written is counted already.
        }
    }
}
