using BenchmarkDotNet.Attributes;
using Reacher.Fast.Environments;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Benchmarks;

/// <summary>
/// One decision of N arms on one core: <c>--filter '*ArmStep*'</c>. Decisions per second are N over the mean time. Where the
/// machine has no AVX-512, Vector512 runs as pairs of 256-bit vectors and says nothing about AVX-512.
/// </summary>
[MemoryDiagnoser]
public class ArmStep : IDisposable
{
    private ArmEnvironment arm = null!;
    private StepBuffer buffer = null!;
    private float[] actions = null!;

    /// <summary>N.</summary>
    [Params(20, 1024)]
    public int Arms { get; set; }

    /// <summary>The twin.</summary>
    [Params(ArmInstructionSet.Scalar, ArmInstructionSet.Vector128, ArmInstructionSet.Vector256, ArmInstructionSet.Vector512)]
    public ArmInstructionSet Set { get; set; }

    /// <summary>Arms in the middle of random play.</summary>
    [GlobalSetup]
    public void Setup()
    {
        arm = new ArmEnvironment(new ArmOptions { ArmCount = Arms, InstructionSet = Set });
        buffer = new StepBuffer(arm);
        actions = new float[Arms * arm.ActionSize];
        Random random = new(1);
        for (int i = 0; i < 50; i++)
        {
            for (int k = 0; k < actions.Length; k++)
            {
                actions[k] = (random.NextSingle() * 2) - 1;
            }

            arm.Step(actions, buffer.View);
        }
    }

    /// <summary>One decision: four physics steps.</summary>
    [Benchmark]
    public void Decision() => arm.Step(actions, buffer.View);

    /// <summary>Frees the arms.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        arm?.Dispose();
        GC.SuppressFinalize(this);
    }
}
