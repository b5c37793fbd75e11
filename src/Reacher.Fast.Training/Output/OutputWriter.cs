using System.Text;

namespace Reacher.Fast.Training.Output;

/// <summary>
/// An <see cref="OutputPipe"/> as a <see cref="TextWriter"/>, for <see cref="Console.SetOut"/>. Each call is one message, so that a line is
/// shown whole or not at all.
/// </summary>
/// <param name="pipe">Takes the text.</param>
/// <param name="encoding">That of whoever reads it.</param>
internal sealed class OutputWriter(OutputPipe pipe, Encoding encoding) : TextWriter
{
    public override Encoding Encoding => encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        byte[] message = new byte[encoding.GetByteCount(buffer)];
        encoding.GetBytes(buffer, message);
        pipe.TryWrite(message);
    }

    public override void WriteLine() => Write(NewLine);

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());
}
