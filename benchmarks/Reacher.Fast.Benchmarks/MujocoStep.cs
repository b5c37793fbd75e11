using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Mujoco;

namespace Reacher.Fast.Benchmarks;

/// <summary>
/// A thousand decisions of HalfCheetah on one core: <c>--filter '*MujocoStep*'</c>. <c>steps.c</c> of the environments' tests with 1000 as its
/// third argument makes as many without this program. Needs MuJoCo.
/// </summary>
public class MujocoStep : IDisposable
{
    private const int Decisions = 1000;

    private MujocoEnvironment environment = null!;
    private StepBuffer buffer = null!;
    private float[] actions = null!;

    /// <summary>One agent at the beginning of an episode.</summary>
    [GlobalSetup]
    public void Setup()
    {
        environment = new MujocoEnvironment("HalfCheetah-v4");
        buffer = new StepBuffer(environment);
        actions = new float[environment.ActionSize];
    }

    /// <summary>An episode of random actions, and the beginning of the next.</summary>
    [Benchmark(OperationsPerInvoke = Decisions)]
    public void Episode()
    {
        uint state = 1;
        for (int k = 0; k < Decisions; k++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                state = unchecked((state * 1664525) + 1013904223);
                actions[i] = (float)((state / 2147483648.0) - 1);
            }

            environment.Step(actions, buffer.View);
        }
    }

    /// <summary>Frees the world.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        environment.Dispose();
        GC.SuppressFinalize(this);
    }
}
