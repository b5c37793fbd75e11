using System.Text;
using Reacher.Fast.Training.Output;

namespace Reacher.Fast.Training.Tests.Output;

/// <summary>A destination that blocks or fails costs lines, which are counted, and never the one who writes.</summary>
public sealed class OutputPipeTests
{
    private const int Capacity = 4096;

    [Test]
    public void Who_writes_does_not_wait_for_one_who_does_not_read()
    {
        using var reader = new Reader { IsOpen = false };
        using var pipe = new OutputPipe("test", () => reader, Capacity);
        int taken = Fill(pipe);
        Assert.That(pipe.TryWrite("late 1\nlate 2\n"u8), Is.False);
        Assert.That(pipe.Dropped, Is.EqualTo(3));
        Assert.That(pipe.IsDrained, Is.False);

        reader.IsOpen = true;
        Wait(() => pipe.IsDrained);
        Assert.That(pipe.TryWrite("after\n"u8), Is.True);
        Wait(() => pipe.IsDrained);
        string[] expected = [.. Enumerable.Range(0, taken).Select(Line), OutputPipe.DescribeGap(3), "after"];
        Assert.That(reader.Lines, Is.EqualTo(expected));
    }

    [Test]
    public void What_a_destination_refuses_is_counted_and_told_once_it_takes_lines_again()
    {
        using var reader = new Reader { Refusal = new UnauthorizedAccessException() };
        using var pipe = new OutputPipe("test", () => reader, Capacity);
        foreach (string line in new[] { "1\n", "2\n", "3\n" })
        {
            Assert.That(pipe.TryWrite(Encoding.UTF8.GetBytes(line)), Is.True);
            Wait(() => pipe.IsDrained);
        }

        Assert.That(pipe.Dropped, Is.EqualTo(3));
        reader.Refusal = null;
        pipe.TryWrite("4\n"u8);
        Wait(() => pipe.IsDrained);
        pipe.TryWrite("5\n"u8);
        Wait(() => pipe.IsDrained);
        // The line that was refused may have been written in part, so the next one begins with an end of line.
        Assert.That(reader.Lines, Is.EqualTo(new[] { "", "4", OutputPipe.DescribeGap(3), "5" }));
        Assert.That(reader.Opened, Is.EqualTo(4), "opened anew after each failure");
    }

    [Test]
    public void Its_end_writes_what_waits_and_waits_for_nobody()
    {
        var attentive = new Reader();
        var pipe = new OutputPipe("test", () => attentive, Capacity);
        pipe.TryWrite("last words\n"u8);
        pipe.Dispose();
        Assert.That(attentive.Lines, Is.EqualTo(new[] { "last words" }));
        Assert.That(pipe.TryWrite("too late\n"u8), Is.False);

        using var deaf = new Reader { IsOpen = false };
        var unread = new OutputPipe("test", () => deaf, Capacity);
        unread.TryWrite("unread\n"u8);
        unread.Dispose();
        Assert.That(unread.IsDrained, Is.False);
        deaf.IsOpen = true;
    }

    [Test]
    public void A_line_is_one_message()
    {
        using var reader = new Reader { IsOpen = false };
        using var pipe = new OutputPipe("test", () => reader, Capacity) { Notice = null };
        using var writer = new OutputWriter(pipe, Encoding.UTF8);
        writer.WriteLine("first");
        Fill(pipe);
        writer.WriteLine("dropped");
        writer.Write('x');
        reader.IsOpen = true;
        Wait(() => pipe.IsDrained);
        writer.WriteLine("a {0}", "b");
        writer.Write("c");
        writer.WriteLine();
        Wait(() => pipe.IsDrained);
        Assert.That(reader.Lines[0], Is.EqualTo("first"));
        Assert.That(reader.Lines[^2..], Is.EqualTo(new[] { "a b", "c" }));
        Assert.That(reader.Lines, Has.None.Contains("dropped").And.None.Contains("x"));
    }

    // Until a line is dropped; the first is on its way to the reader by then, or waits.
    private static int Fill(OutputPipe pipe)
    {
        int taken = 0;
        while (pipe.TryWrite(Encoding.UTF8.GetBytes(Line(taken) + "\n")))
        {
            taken++;
        }

        return taken;
    }

    private static string Line(int number) => $"line {number}";

    private static void Wait(Func<bool> condition) => Assert.That(condition, Is.True.After(60_000, 1));

    /// <summary>Takes what it is sent while it is open, and blocks while it is not.</summary>
    private sealed class Reader : MemoryStream
    {
        private readonly ManualResetEventSlim open = new(true);
        private readonly StringBuilder text = new();

        public bool IsOpen
        {
            set
            {
                if (value)
                {
                    open.Set();
                }
                else
                {
                    open.Reset();
                }
            }
        }

        public Exception? Refusal { get; set; }

        public int Opened { get; private set; } = 1;

        public string[] Lines => text.ToString().TrimEnd('\n').Split('\n');

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            open.Wait();
            if (Refusal is not null)
            {
                throw Refusal;
            }

            text.Append(Encoding.UTF8.GetString(buffer));
        }

        // The pipe closes it after a failure, and opens it again.
        protected override void Dispose(bool disposing)
        {
            Opened++;
            base.Dispose(disposing);
        }
    }
}
