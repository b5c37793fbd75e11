using System.Runtime.InteropServices;

namespace Reacher.Fast.Training.Output;

/// <summary>
/// Writes to a file descriptor that this process was given, as write(2) does. The stream of <see cref="Console.OpenStandardOutput()"/>
/// will not do: while it waits for the reader it holds the lock of <see cref="Console.Out"/>, and everybody who prints waits for that.
/// </summary>
/// <param name="descriptor">The descriptor, which stays open.</param>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int TryAgainOnMac = 35;
    private const short CanBeWritten = 4;
    private const int WithoutLimit = -1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all of it, and waits as long as that takes.</summary>
    /// <exception cref="IOException">The system refuses it; a part may have been written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = write(descriptor, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error is TryAgain or TryAgainOnMac)
            {
                // Whoever shares the descriptor has made it non-blocking.
                var wanted = new Poll { Descriptor = descriptor, Events = CanBeWritten };
                _ = poll(ref wanted, 1, WithoutLimit);
            }
            else if (error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref Poll descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
