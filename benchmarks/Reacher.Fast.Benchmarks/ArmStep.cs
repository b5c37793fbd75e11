using BenchmarkDotNet.Attributes;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Benchmarks;

/// <summary>
/// One decision of N arms on one core: <c>--filter '*ArmStep*'</c>. Decisions per second are N over the mean time.
/// </summary>
[MemoryDiagnoser]
public class ArmStep : IDisposable
{
    private ArmEnvironment arm = null!;
    private ArmEnvironment reference = null!;
    private StepBuffer buffer = null!;
    private float[] actions = null!;

    /// <summary>N.</summary>
    [Params(20, 1024)]
    public int Arms { get; set; }

    /// <summary>The twin.</summary>
    [ParamsSource(nameof(Sets))]
    public InstructionSet Set { get; set; }

    /// <summary>Those that the processor has.</summary>
    public static IEnumerable<InstructionSet> Sets =>
        BenchmarkSizes.Sets.Where(set => set != InstructionSet.Scalar);

    /// <summary>Arms in the middle of random play.</summary>
    [GlobalSetup]
    public void Setup()
    {
        arm = new ArmEnvironment(new ArmOptions { ArmCount = Arms, InstructionSet = Set });
        reference = new ArmEnvironment(new ArmOptions { ArmCount = Arms, InstructionSet = InstructionSet.Scalar });
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

    /// <summary>The same by the scalar reference.</summary>
    [Benchmark(Baseline = true)]
    public void Reference() => reference.Step(actions, buffer.View);

    /// <summary>One decision: four physics steps.</summary>
    [Benchmark]
    public void Decision() => arm.Step(actions, buffer.View);

    /// <summary>Frees the arms.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        arm?.Dispose();
        reference?.Dispose();
        GC.SuppressFinalize(this);
    }
}
