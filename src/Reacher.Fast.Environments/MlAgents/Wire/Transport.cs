using System.Buffers;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>
/// The calling end of a unary transport. One call at a time: ML-Agents' conversation never has two in flight. Here it is
/// <see cref="HttpUnaryChannel"/>; Grpc.Net.Client's invoker would fit behind it as well.
/// </summary>
internal interface IUnaryChannel : IDisposable
{
    /// <summary>Sends <paramref name="request"/> to <paramref name="path"/> and waits for the reply.</summary>
    /// <param name="path">Service and method, e.g. <c>/communicator_objects.UnityToExternalProto/Exchange</c>.</param>
    /// <param name="request">The message to send; not touched after the call ends.</param>
    /// <param name="deadline">After this long the call ends with <see cref="RpcStatus.DeadlineExceeded"/>; null: never.</param>
    /// <param name="cancellation">Ends the call with <see cref="RpcStatus.Cancelled"/>.</param>
    /// <returns>The reply, valid until the next call.</returns>
    /// <exception cref="RpcException">The call ended with any status but OK.</exception>
    ValueTask<ReadOnlySequence<byte>> CallAsync(
        string path, FrameBuffer request, TimeSpan? deadline, CancellationToken cancellation);
}

/// <summary>What answers the calls that reach a <see cref="KestrelUnaryHost"/>.</summary>
internal interface IUnaryHandler
{
    /// <summary>Whether calls to <paramref name="path"/> are answered; others end with <see cref="RpcStatus.Unimplemented"/>.</summary>
    bool Answers(string path);

    /// <summary>Holds the call until the task ends, then sends the frame it gives; the frame is copied at once.</summary>
    /// <exception cref="RpcException">Ends the call with that status.</exception>
    ValueTask<FrameBuffer> HandleAsync(UnaryCall call);

    /// <summary>A peer's connection has ended, with or without a call in flight.</summary>
    void ConnectionClosed(string connectionId);
}

/// <summary>One call as its handler sees it.</summary>
/// <param name="path">The path of service and method.</param>
/// <param name="connectionId">The identifier by which peers are told apart.</param>
/// <param name="request">The message; valid until the handler's task ends.</param>
/// <param name="ended">Cancelled when the peer gives up, its deadline passes or its connection breaks.</param>
internal sealed class UnaryCall(string path, string connectionId, ReadOnlySequence<byte> request, CancellationToken ended)
{
    public string Path { get; } = path;

    public string ConnectionId { get; } = connectionId;

    public ReadOnlySequence<byte> Request { get; } = request;

    public CancellationToken Ended { get; } = ended;
}
