using System.Diagnostics.CodeAnalysis;
using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>Writes whole messages, and parses those of peers that are not trusted.</summary>
internal static class ProtobufMessages
{
    /// <summary>Parses <paramref name="message"/>, or says why it is none.</summary>
    public static bool TryParse<T>(
        MessageParser<T> parser, ReadOnlySpan<byte> message, [NotNullWhen(true)] out T? parsed, out Exception? error)
        where T : class, IMessage<T>
    {
        try
        {
            parsed = parser.ParseFrom(message);
            error = null;
            return true;
        }
        catch (InvalidProtocolBufferException e)
        {
            parsed = null;
            error = e;
            return false;
        }
    }

    /// <summary>Makes <paramref name="message"/> the only content of <paramref name="target"/>.</summary>
    public static void WriteAlone(this IMessage message, ArrayPoolBufferWriter<byte> target)
    {
        target.Clear();
        message.WriteTo(target);
    }
}
