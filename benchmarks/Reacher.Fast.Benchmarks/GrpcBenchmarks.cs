using System.Buffers;
using BenchmarkDotNet.Attributes;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
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
    private readonly ArrayPoolBufferWriter<byte> request = new();
    private readonly Echo echo = new();
    private readonly float[] actions = new float[20 * 4];
    private ExchangeServer server = null!;
    private ExchangeClient client = null!;
    private MlAgentsEnvironment trainer = null!;
    private Task player = null!;
    private StepBuffer step = null!;

    [GlobalSetup]
    public void Setup()
    {
        server = ExchangeServer.Start(echo, null, 0);
        client = new ExchangeClient(new Uri($"http://127.0.0.1:{server.Port}"), Echo.Path);
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
        client.Dispose();
        server.Dispose();
        echo.Dispose();
        request.Dispose();
    }

    /// <summary>Nine bytes there and back.</summary>
    [Benchmark(Baseline = true)]
    public void RoundTrip() => client.CallAsync(request).GetAwaiter().GetResult().Dispose();

    /// <summary>Actions out, physics, observations back.</summary>
    [Benchmark]
    public void EnvironmentStep() => trainer.Step(actions, step.View);

    private sealed class Echo : IExchangeHandler, IDisposable
    {
        public const string Path = "/benchmark/Echo";

        private readonly ArrayPoolBufferWriter<byte> reply = new();

        public IReadOnlyList<string> Paths => [Path];

        public bool Knows(string connection) => true;

        public Task<ArrayPoolBufferWriter<byte>> HandleAsync(MemoryOwner<byte> request, string connection, ServerCallContext call)
        {
            reply.Clear();
            reply.Write(request.Span);
            request.Dispose();
            return Task.FromResult(reply);
        }

        public void ConnectionClosed(string connection)
        {
        }

        public void Dispose() => reply.Dispose();
    }
}
