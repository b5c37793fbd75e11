using System.Diagnostics;
using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>What a step over loopback costs; figures and how they were taken are in docs/ml-agents.md.</summary>
[Category("Measure")]
[Explicit("dotnet test -c Release tests/Reacher.Fast.Environments.Tests --filter FullyQualifiedName~Throughput --logger 'console;verbosity=normal'")]
public sealed class Throughput
{
    private const int Warmup = 3000;
    private const int Steps = 15000;

    /// <summary>The fastest so many steps in a row say what a step costs where nothing else disturbs.</summary>
    private const int Block = 100;

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void Of_a_player_process_with_20_arms(ProtocolGeneration generation)
    {
        using MlAgentsEnvironment remote = MlAgentsEnvironment.Launch(new MlAgentsOptions
        {
            Player = Path.Combine(TestContext.CurrentContext.TestDirectory, "Reacher.Fast.TestChild"),
            Generation = generation,
            BasePort = 0,
        });
        Measure(generation.ToString(), remote);
    }

    [Test]
    public void Of_20_arms_in_process()
    {
        using var arms = new ArmEnvironment(new ArmOptions());
        Measure("in process", arms);
    }

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void Allocation_by_part(ProtocolGeneration generation)
    {
        PlayerDialect player = PlayerDialect.For(new PlayerOptions { Generation = generation });
        TrainerDialect trainer = TrainerDialect.ForPath(player.Path);
        using var scene = new PlayerScene(_ => new ArmEnvironment(new ArmOptions()), new Dictionary<string, float>());
        using var request = new ArrayPoolBufferWriter<byte>();
        using var reply = new ArrayPoolBufferWriter<byte>();
        var report = new PlayerReport();
        var command = new TrainerCommand();
        player.WriteHello(request, scene);
        trainer.ReadHello(request.WrittenSpan.ToArray());
        scene.Reset(command, 1);
        player.WriteOutput(request, scene);
        trainer.Read(request.WrittenSpan.ToArray(), report);
        player.WriteOutput(request, scene);
        trainer.WriteStep(reply, Enumerable.Range(0, 20).ToArray(), new float[80]);
        Part("trainer writes actions", () => trainer.WriteStep(reply, Slots, Actions));
        byte[] output = request.WrittenSpan.ToArray();
        Part($"trainer reads {output.Length} bytes", () => trainer.Read(output, report));
        byte[] input = reply.WrittenSpan.ToArray();
        Part($"player reads {input.Length} bytes", () => player.Read(input, command));
        Part("player writes observations", () => player.WriteOutput(request, scene));

        void Part(string name, Action part)
        {
            long bytes = Allocations.Least(100, part) / 100;
            TestContext.Out.WriteLine($"{generation}: {name}: {bytes} bytes allocated");
        }
    }

    private static readonly int[] Slots = [.. Enumerable.Range(0, 20)];
    private static readonly float[] Actions = new float[80];

    private static void Measure(string name, IVectorEnvironment environment)
    {
        var step = new StepBuffer(environment);
        float[] actions = new float[environment.AgentCount * environment.ActionSize];
        var random = new Random(1);
        environment.Reset(1, step.View.Observations);
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = (2 * random.NextSingle()) - 1;
        }

        for (int i = 0; i < Warmup; i++)
        {
            environment.Step(actions, step.View);
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long started = Stopwatch.GetTimestamp();
        double best = double.PositiveInfinity;
        for (int block = 0; block < Steps / Block; block++)
        {
            long blockStarted = Stopwatch.GetTimestamp();
            for (int i = 0; i < Block; i++)
            {
                environment.Step(actions, step.View);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(blockStarted).TotalMicroseconds / Block);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        TestContext.Out.WriteLine(
            $"{name}: {Steps / seconds:0} round trips/s, {Steps * environment.AgentCount / seconds:0} arm steps/s, " +
            $"{1e6 * seconds / Steps:0.0} us a step, {best:0.0} us in the best {Block}, {allocated / Steps} bytes allocated a step");
    }
}
