namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>The gRPC status codes this transport sends or meets (gRPC's statuscodes.md gives their numbers).</summary>
internal enum RpcStatus
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>A call that ended with a status other than <see cref="RpcStatus.Ok"/>: the only exception the transport throws.</summary>
internal sealed class RpcException(RpcStatus status, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What ended the call.</summary>
    public RpcStatus Status { get; } = status;
}
