using System.Text.Json;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Tests.Kernels;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>
/// Fifty updates equal PyTorch's in float64 with autograd, every reported figure of every update and every weight at the end.
/// golden_updates.py, beside this file, made golden_updates.json and says what is the same on both sides and what is not.
/// </summary>
public sealed class GoldenUpdateTests
{
    private static readonly TransitionSpec Spec = new(5, 2);
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);
    private static readonly GoldenFile Golden = Read();

    /// <summary>The figures of a golden report in their order.</summary>
    private static readonly int[] GoldenSlots =
    [
        ReportSlot.CriticLoss, ReportSlot.PolicyLoss, ReportSlot.MeanQ, ReportSlot.MeanTarget, ReportSlot.Entropy,
        ReportSlot.EntropyCoefficient, ReportSlot.CriticGradientNorm, ReportSlot.PolicyGradientNorm,
    ];

    private static IEnumerable<TestCaseData> Cases =>
        from device in TestDevices.All
        from golden in Golden.Cases
        select new TestCaseData(device.Arguments[0], golden) { TestName = $"{{m}}({device.Arguments[0]}, {golden.Name})" };

    [TestCaseSource(nameof(Cases))]
    public void Fifty_updates_equal_those_of_PyTorch(DeviceUnderTest kind, GoldenCase golden)
    {
        using IKernelDevice device = kind.Create();
        using ILearner learner = LearnerFactory.Create(Options(golden), Spec, device);
        const double tolerance = 1e-5;
        for (int update = 1; update <= golden.Reports.Length; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)update);
            LearnerReport r = learner.Update(batch.View);
            double bothLosses = (double)r[ReportSlot.Q1Loss] + r[ReportSlot.Q2Loss], loss = golden.Reports[update - 1][0];
            Assert.That(bothLosses, Is.EqualTo(loss).Within(tolerance * Math.Max(0.1, loss)), $"update {update}");
            for (int i = 0; i < GoldenSlots.Length; i++)
            {
                double expected = golden.Reports[update - 1][i], figure = r[GoldenSlots[i]];
                Assert.That(figure, Is.EqualTo(expected).Within(tolerance * Math.Max(0.1, Math.Abs(expected))), $"update {update}, figure {i}");
            }
        }

        var state = new StateDictionary();
        learner.SaveState(state);
        foreach ((string name, double[] expected) in golden.Weights)
        {
            StateTensor tensor = state.Tensors.Single(one => one.Name == name);
            double largest = expected.Max(Math.Abs);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.That((double)tensor.Floats[i], Is.EqualTo(expected[i]).Within(tolerance * largest), $"{name}[{i}]");
            }
        }
    }

    [Test]
    public void The_comparison_notices_each_option_that_the_golden_run_had_and_this_one_has_not()
    {
        GoldenCase sac = Golden.Cases[1], td3 = Golden.Cases[3];
        var sacOptions = (SacOptions)Options(sac);
        var td3Options = (Td3Options)Options(td3);
        DeviceUnderTest kind = (DeviceUnderTest)TestDevices.All.First().Arguments[0]!;
        Assert.That(Deviation(kind, sacOptions, sac), Is.LessThan(1e-5));
        Assert.That(Deviation(kind, td3Options, td3), Is.LessThan(1e-5));
        foreach ((LearnerOptions planted, GoldenCase golden) in new (LearnerOptions, GoldenCase)[]
        {
            (sacOptions with { PolicyDelay = 1 }, sac),
            (sacOptions with { MaximumGradientNorm = 0 }, sac),
            (sacOptions with { Tau = 0.011f }, sac),
            (sacOptions with { TargetEntropy = -2.1f }, sac),
            (sacOptions with { InitialAlpha = 0.21 }, sac),
            (sacOptions with { AlphaLearningRate = 1.1e-3 }, sac),
            (sacOptions with { ActorLearningRate = 1.01e-3 }, sac),
            (sacOptions with { LearningRate = 1.01e-3 }, sac),
            (sacOptions with { RewardScale = 1.01 }, sac),
            (sacOptions with { NormalizeObservations = true }, sac),
            (sacOptions with { NormalizeRewards = true }, sac),
            (sacOptions with { LayerNormCritics = !sac.LayerNorm }, sac),
            (sacOptions with { HiddenSizes = [16, 13] }, sac),
            (sacOptions with { HiddenSizes = [16, 12, 12] }, sac),
            (sacOptions with { Initialization = WeightInitialization.Orthogonal }, sac),
            (sacOptions with { Seed = 12 }, sac),
            (td3Options with { LayerNormCritics = !td3.LayerNorm }, td3),
            (td3Options with { PolicyDelay = 2 }, td3),
            (td3Options with { SmoothingSigma = 0.21f }, td3),
            (td3Options with { SmoothingClip = 0.4f }, td3),
        })
        {
            Assert.That(Deviation(kind, planted, golden), Is.GreaterThan(1e-4), planted.ToString());
        }
    }

    /// <summary>
    /// The largest difference of a weight after all updates, relative to the largest weight of its tensor; infinite where the
    /// networks do not have the same tensors.
    /// </summary>
    private static double Deviation(DeviceUnderTest kind, LearnerOptions options, GoldenCase golden)
    {
        using IKernelDevice device = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        for (int update = 1; update <= golden.Reports.Length; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)update);
            learner.Update(batch.View);
        }

        var state = new StateDictionary();
        learner.SaveState(state);
        return golden.Weights.Max(weights =>
        {
            float[] actual = state.Tensors.SingleOrDefault(one => one.Name == weights.Key)?.Floats.ToArray() ?? [];
            return actual.Length != weights.Value.Length
                ? double.PositiveInfinity
                : actual.Zip(weights.Value, (a, e) => Math.Abs(a - e)).Max() / weights.Value.Max(Math.Abs);
        });
    }

    private static LearnerOptions Options(GoldenCase golden)
    {
        const double rate = 1e-3;
        LearnerOptions options = golden.Sac
            ? PaperOptions.Sac with { InitialAlpha = 0.2, AlphaLearningRate = rate, PolicyDelay = golden.Delay }
            : PaperOptions.Td3 with { PolicyDelay = golden.Delay };
        return options with
        {
            BatchSize = 8,
            HiddenSizes = [16, 12],
            ActorLearningRate = rate,
            LearningRate = rate,
            Tau = 0.01f,
            LayerNormCritics = golden.LayerNorm,
            MaximumGradientNorm = double.IsInfinity(golden.MaximumNorm) ? 0 : (float)golden.MaximumNorm,
            Seed = 11,
        };
    }

    private static GoldenFile Read()
    {
        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Learner", "golden_updates.json");
        return JsonSerializer.Deserialize<GoldenFile>(File.ReadAllText(path), CamelCase)!;
    }

    /// <summary>The whole of golden_updates.json.</summary>
    public sealed record GoldenFile(string Torch, GoldenCase[] Cases);

    /// <summary>One run: its options, eight figures an update, and the weights in the end.</summary>
    public sealed record GoldenCase(
        string Name, bool Sac, bool LayerNorm, double MaximumNorm, int Delay, double[][] Reports, Dictionary<string, double[]> Weights)
    {
        public override string ToString() => Name;
    }
}
