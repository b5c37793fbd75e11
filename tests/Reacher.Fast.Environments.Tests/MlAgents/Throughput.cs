using System.Diagnostics;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>What a step over loopback costs; figures and how they were taken are in docs/ml-agents.md.</summary>
[Category("Measure")]
[Explicit("dotnet test -c Release tests/Reacher.Fast.Environments.Tests --filter FullyQualifiedName~Throughput --logger 'console;verbosity=normal'")]
public sealed class Throughput
{
    private const int Warmup = 3000;
    private const int Steps = 15000;

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

    private static void Measure(string name, IVectorEnvironment environment)
    {
        var step = new StepBuffer(environment);
        var actions = new float[environment.AgentCount * environment.ActionSize];
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
        for (int i = 0; i < Steps; i++)
        {
            environment.Step(actions, step.View);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        TestContext.Out.WriteLine(
            $"{name}: {Steps / seconds:0} round trips/s, {Steps * environment.AgentCount / seconds:0} arm steps/s, " +
            $"{1e6 * seconds / Steps:0.0} us a step, {allocated / Steps} bytes allocated a step");
    }
}
