using System.Buffers;
using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Benchmarks;

/// <summary>gRPC over loopback, both ends ours: a bare call, and a step of 20 arms through ML-Agents' protocol.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the cleanup.")]
public class GrpcBenchmarks
{
    private static readonly ArmOptions Arms = new() { ArmCount = 20 };

    private readonly CancellationTokenSource stop = new();
    private readonly FrameBuffer request = new();
    private readonly float[] actions = new float[20 * 4];
    private KestrelUnaryHost host = null!;
    private HttpUnaryChannel channel = null!;
    private MlAgentsEnvironment trainer = null!;
    private Task player = null!;
    private StepBuffer step = null!;

    [GlobalSetup]
    public void Setup()
    {
        host = KestrelUnaryHost.Start(new Echo(), null, 0);
        channel = new HttpUnaryChannel(new Uri($"http://127.0.0.1:{host.Port}"));
        request.Write("a message"u8);
        trainer = MlAgentsEnvironment.Launch(new MlAgentsOptions
        {
            BasePort = 0,
            Timeout = TimeSpan.FromSeconds(30),
            Listening = port => player = Task.Run(() =>
                MlAgentsPlayer.RunAsync(Arms, new PlayerOptions { Port = port, Generation = ProtocolGeneration.V150 }, stop.Token)),
        });
        step = new StepBuffer(trainer);
        trainer.Reset(1, step.View.Observations);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        trainer.Dispose();
        stop.Cancel();
        player.Wait(TimeSpan.FromSeconds(30));
        channel.Dispose();
        host.Dispose();
    }

    /// <summary>Nine bytes there and back.</summary>
    [Benchmark(Baseline = true)]
    public void RoundTrip() => channel.CallAsync("/benchmark/Echo", request, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Actions out, physics, observations back.</summary>
    [Benchmark]
    public void EnvironmentStep() => trainer.Step(actions, step.View);

    private sealed class Echo : IUnaryHandler
    {
        private readonly FrameBuffer reply = new();

        public bool Answers(string path) => true;

        public ValueTask<FrameBuffer> HandleAsync(UnaryCall call)
        {
            reply.Clear();
            foreach (ReadOnlyMemory<byte> segment in call.Request)
            {
                reply.Write(segment.Span);
            }

            return ValueTask.FromResult(reply);
        }

        public void ConnectionClosed(string connectionId)
        {
        }
    }
}
