using System.Buffers;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>
/// ML-Agents' one method, a unary call named Exchange, as gRPC's library sees it. Its messages are bytes: the dialects write and
/// read them, because a trainer reads a step without making objects of it. What is received is a copy in pooled memory, since
/// the library takes its own memory back as soon as it has handed a message over.
/// </summary>
internal static class ExchangeMethod
{
    /// <summary>The largest message accepted, in bytes. gRPC's default of 4 MiB is too small for scenes with cameras.</summary>
    public const int MessageLimit = 64 * 1024 * 1024;

    /// <summary>The largest introduction accepted, in bytes: what a server takes of a peer that it does not know.</summary>
    public const int IntroductionLimit = 256 * 1024;

    private static readonly Marshaller<ArrayPoolBufferWriter<byte>> Sent = new(
        Write, static _ => throw new NotSupportedException("Only a message that is sent has this type."));

    private static readonly Marshaller<MemoryOwner<byte>> Received = new(
        static (_, _) => throw new NotSupportedException("Only a message that is received has this type."), Read);

    /// <summary>The method as its caller uses it.</summary>
    /// <param name="path">Service and method, e.g. <c>/communicator_objects.UnityToExternalProto/Exchange</c>.</param>
    public static Method<ArrayPoolBufferWriter<byte>, MemoryOwner<byte>> OfClient(string path) => Of(path, Sent, Received);

    /// <summary>The method as the server that answers it uses it. The parameter is as for <see cref="OfClient"/>.</summary>
    public static Method<MemoryOwner<byte>, ArrayPoolBufferWriter<byte>> OfServer(string path) => Of(path, Received, Sent);

    private static Method<TRequest, TResponse> Of<TRequest, TResponse>(
        string path, Marshaller<TRequest> requests, Marshaller<TResponse> responses)
    {
        string[] names = path.Split('/');
        return new Method<TRequest, TResponse>(MethodType.Unary, names[1], names[2], requests, responses);
    }

    private static void Write(ArrayPoolBufferWriter<byte> message, SerializationContext context)
    {
        // With its length known beforehand, a message is written into the connection's own buffer.
        context.SetPayloadLength(message.WrittenCount);
        context.GetBufferWriter().Write(message.WrittenSpan);
        context.Complete();
    }

    private static MemoryOwner<byte> Read(DeserializationContext context)
    {
        var message = MemoryOwner<byte>.Allocate(context.PayloadLength);
        context.PayloadAsReadOnlySequence().CopyTo(message.Span);
        return message;
    }
}
