using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Learner;
using Reacher.Fast.Torch.Learner;
using TorchSharp;

namespace Reacher.Fast.Torch.Tests.Learner;

/// <summary>
/// Fifty updates on TorchSharp equal PyTorch's, every reported figure of every update and every weight at the end: a second reference for the
/// learners, beside the file.
/// </summary>
public sealed class TorchGoldenTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    private static IEnumerable<TestCaseData> Cases =>
        from type in new[] { torch.ScalarType.Float64, torch.ScalarType.Float32 }
        from golden in GoldenFile.Read().Cases
        select new TestCaseData(type, golden) { TestName = $"{{m}}({type}, {golden.Name})" };

    [TestCaseSource(nameof(Cases))]
    public void Fifty_updates_equal_those_of_PyTorch(torch.ScalarType type, GoldenCase golden)
    {
        using var learner = new TorchLearner(golden.Options, Spec, TorchDevice.Create("torch", threads: 1), type);
        const double tolerance = 1e-5;
        double worstFigure = 0, worstWeight = 0;
        for (int update = 1; update <= golden.Reports.Length; update++)
        {
            using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)update);
            LearnerReport report = learner.Update(batch.View);
            for (int i = 0; i < GoldenFile.Slots.Length; i++)
            {
                double expected = golden.Reports[update - 1][i], largest = Math.Max(0.1, Math.Abs(expected));
                double error = Math.Abs(report[GoldenFile.Slots[i]] - expected) / largest;
                Assert.That(error, Is.LessThan(tolerance), $"update {update}, figure {i}");
                worstFigure = Math.Max(worstFigure, error);
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
                double error = Math.Abs(tensor.Floats[i] - expected[i]) / largest;
                Assert.That(error, Is.LessThan(tolerance), $"{name}[{i}]");
                worstWeight = Math.Max(worstWeight, error);
            }
        }

        TestContext.Out.WriteLine($"{golden.Name}, {type}: figures within {worstFigure:E1}, weights within {worstWeight:E1}");
    }
}
