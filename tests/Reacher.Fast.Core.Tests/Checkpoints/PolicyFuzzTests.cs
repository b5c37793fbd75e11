using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Tests.Checkpoints;

/// <summary>Whatever a policy's file holds: a policy that can be acted with, or one typed error.</summary>
public sealed class PolicyFuzzTests
{
    private const int Mutations = 400_000;

    private static IEnumerable<TestCaseData> Files =>
    [
        new TestCaseData(Policy(PolicyKind.SquashedGaussian)) { TestName = "{m}(an exported Gaussian policy)" },
        new TestCaseData(Policy(PolicyKind.Deterministic)) { TestName = "{m}(an exported deterministic policy)" },
        new TestCaseData(Checkpoint()) { TestName = "{m}(a checkpoint)" },
    ];

    [TestCaseSource(nameof(Files))]
    [Category("Stress")]
    [Explicit("A quarter of a minute each: dotnet test -c Release tests/Reacher.Fast.Core.Tests --filter TestCategory=Stress")]
    public void No_mutation_gives_anything_but_a_policy_or_one_typed_error_in_bounded_memory(StateDictionary whole)
    {
        byte[] original = SafetensorsMutation.WithoutChecksum(States.ToBytes(whole));
        byte[] scratch = new byte[original.Length + 64];
        // Names and shapes decide; in the tensors' own bytes there is nothing to misread but numbers that are not finite.
        int header = 8 + BitConverter.ToInt32(original);
        var random = new Random(20260102);
        int accepted = 0;
        long mostAllocated = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] file = SafetensorsMutation.Of(original, scratch, random, header + 64);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                PolicySpec spec = PolicyFile.FromState(States.FromBytes(file), "test", out float[] block);
                accepted++;
                bool usable = block.Length == spec.BlockLength && block.All(float.IsFinite);
                Assert.That(usable, Is.True, $"mutation {i}");
            }
            catch (InputException error)
            {
                bool isSentence = error.Message.Contains("test", StringComparison.Ordinal) && error.Message.EndsWith('.');
                Assert.That(isSentence, Is.True, error.Message);
            }

            mostAllocated = Math.Max(mostAllocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        TestContext.Out.WriteLine($"{Mutations} mutations, {accepted} accepted, at most {mostAllocated} bytes allocated by one");
        Assert.That(mostAllocated, Is.LessThan(1_000_000), "a small file never takes much memory");
        Assert.That(accepted, Is.InRange(Mutations / 100, Mutations * 99 / 100), "the mutations reach both ends");
    }

    private static StateDictionary Policy(PolicyKind kind)
    {
        var spec = new PolicySpec(kind, 5, 2, [7, 3], normalizeObservations: true);
        return PolicyFile.ToState(spec, [.. Enumerable.Range(0, spec.BlockLength).Select(i => MathF.Sin(i))]);
    }

    private static StateDictionary Checkpoint()
    {
        using var device = new ScalarKernelDevice();
        var options = PaperOptions.Td3 with { Seed = 3, BatchSize = 4, HiddenSizes = [8, 6], NormalizeObservations = true };
        using ILearner learner = LearnerFactory.Create(options, new TransitionSpec(5, 2), device);
        var state = new StateDictionary();
        learner.SaveState(state);
        return state;
    }
}
