namespace Reacher.Fast.Training.Tests.Evaluate;

/// <summary>A file on a disk that fails behind the file's beginning.</summary>
/// <param name="path">The file.</param>
/// <param name="failures">Whether it fails: more than 0.</param>
internal sealed class FailingStream(string path, int failures)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)
{
    public override int Read(Span<byte> buffer) =>
        failures > 0 && Position > 0 ? throw new IOException("Input/output error") : base.Read(buffer);
}
