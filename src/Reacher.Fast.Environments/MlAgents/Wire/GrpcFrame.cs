using System.Buffers;
using System.Buffers.Binary;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>What a buffer holds of a frame.</summary>
internal enum FrameState
{
    /// <summary>Not all of the frame is here yet.</summary>
    Incomplete,

    /// <summary>One frame and nothing after it.</summary>
    Complete,

    /// <summary>The frame's flag says that the message is compressed, which this side never offered to read.</summary>
    Compressed,

    /// <summary>The frame announces more bytes than the limit.</summary>
    TooLarge,

    /// <summary>The flag is neither 0 nor 1, or bytes follow the one message of a unary call.</summary>
    Malformed,
}

/// <summary>
/// gRPC's framing of a message in an HTTP/2 body: flag (1 byte, 1 = compressed), length (4 bytes, big endian), message
/// (gRPC's PROTOCOL-HTTP2.md, "Length-Prefixed-Message").
/// </summary>
internal static class GrpcFrame
{
    /// <summary>Bytes before the message.</summary>
    public const int HeaderBytes = 5;

    /// <summary>The largest message accepted. gRPC's default of 4 MiB is what camera scenes stumble over.</summary>
    public const int DefaultLimit = 64 * 1024 * 1024;

    /// <summary>Reads the one frame of a unary call.</summary>
    /// <param name="buffer">All bytes received so far; never trusted.</param>
    /// <param name="limit">The largest message accepted, in bytes.</param>
    /// <param name="message">The message within <paramref name="buffer"/>, where the state is <see cref="FrameState.Complete"/>.</param>
    public static FrameState Read(in ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.IsEmpty)
        {
            return FrameState.Incomplete;
        }

        byte flag = buffer.FirstSpan.IsEmpty ? buffer.Slice(0, 1).ToArray()[0] : buffer.FirstSpan[0];
        if (flag > 1)
        {
            return FrameState.Malformed;
        }

        if (flag == 1)
        {
            return FrameState.Compressed;
        }

        if (buffer.Length < HeaderBytes)
        {
            return FrameState.Incomplete;
        }

        Span<byte> length = stackalloc byte[sizeof(uint)];
        buffer.Slice(1, sizeof(uint)).CopyTo(length);
        uint announced = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (announced > (uint)limit)
        {
            return FrameState.TooLarge;
        }

        long end = HeaderBytes + (long)announced;
        if (buffer.Length < end)
        {
            return FrameState.Incomplete;
        }

        if (buffer.Length > end)
        {
            return FrameState.Malformed;
        }

        message = buffer.Slice(HeaderBytes, announced);
        return FrameState.Complete;
    }

    /// <summary>The error that answers a frame in <paramref name="state"/>.</summary>
    public static RpcException Refusal(FrameState state, int limit) => state switch
    {
        FrameState.Compressed =>
            new RpcException(RpcStatus.Unimplemented, "The message is compressed; send it with grpc-encoding identity."),
        FrameState.TooLarge => new RpcException(RpcStatus.ResourceExhausted, $"The message is larger than the limit of {limit} bytes."),
        FrameState.Incomplete => new RpcException(RpcStatus.Internal, "The stream ended before the message was complete."),
        _ => new RpcException(RpcStatus.Internal, "The body is not one gRPC frame."),
    };

    /// <summary>Writes the header of an uncompressed message of <paramref name="length"/> bytes.</summary>
    public static void WriteHeader(Span<byte> header, int length)
    {
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
    }
}
