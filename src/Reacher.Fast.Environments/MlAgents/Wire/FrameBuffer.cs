using System.Buffers;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>One outgoing frame, its memory used again for every call: write the message, then send <see cref="Frame"/>.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    private byte[] bytes = new byte[4096];
    private int end = GrpcFrame.HeaderBytes;

    /// <summary>The message written so far.</summary>
    public ReadOnlySpan<byte> Message => bytes.AsSpan(GrpcFrame.HeaderBytes, end - GrpcFrame.HeaderBytes);

    /// <summary>Header and message; valid until the next <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Frame
    {
        get
        {
            GrpcFrame.WriteHeader(bytes, end - GrpcFrame.HeaderBytes);
            return bytes.AsMemory(0, end);
        }
    }

    /// <summary>Forgets the message, keeps the memory.</summary>
    public void Clear() => end = GrpcFrame.HeaderBytes;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bytes.Length - end);
        end += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(end);
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (bytes.Length - end < needed)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, end + needed));
        }
    }
}
