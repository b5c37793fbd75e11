using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>What answers the calls that reach an <see cref="ExchangeServer"/>.</summary>
internal interface IExchangeHandler
{
    /// <summary>The methods answered, e.g. <c>/communicator_objects.UnityToExternalProto/Exchange</c>.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>Whether the peer of a connection has introduced itself; until it has, it may send little at a time.</summary>
    bool Knows(string connection);

    /// <summary>Holds the call until the task ends, then sends the message it gives, which is copied at once.</summary>
    /// <param name="request">The message, in pooled memory, which the handler gives back.</param>
    /// <param name="connection">The identifier by which peers are told apart.</param>
    /// <param name="call">Its token is cancelled when the peer gives up, its deadline passes or its connection breaks.</param>
    /// <exception cref="RpcException">Ends the call with that status.</exception>
    Task<ArrayPoolBufferWriter<byte>> HandleAsync(MemoryOwner<byte> request, string connection, ServerCallContext call);

    /// <summary>A peer's connection has ended, with or without a call in flight.</summary>
    void ConnectionClosed(string connection);
}
