using System.Buffers;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>How a call failed.</summary>
internal static class RpcFailure
{
    public static RpcException Of(ValueTask<ReadOnlySequence<byte>> call)
    {
        Task<ReadOnlySequence<byte>> task = call.AsTask();
        Assert.That(() => task.Wait(TimeSpan.FromSeconds(60)), Throws.TypeOf<AggregateException>());
        Assert.That(task.Exception?.InnerException, Is.TypeOf<RpcException>());
        return (RpcException)task.Exception!.InnerException!;
    }

    public static RpcException Of(HttpUnaryChannel channel, string path, TimeSpan? deadline = null) =>
        Of(channel.CallAsync(path, new FrameBuffer(), deadline, default));
}
