using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Kernels;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>Which figure of a report is whose.</summary>
public sealed class LearnerReportTests
{
    private const float Offset = 100;
    private static readonly TransitionSpec Spec = new(5, 2);

    private static readonly LearnerOptions[] AllOptions =
    [
        PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 12], LayerNormCritics = true, Seed = 3 },
        PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [16, 12], Seed = 4 },
    ];

    private static IEnumerable<TestCaseData> Cases =>
        from device in TestDevices.All
        from options in AllOptions
        from critic in new[] { 1, 2 }
        select new TestCaseData(device.Arguments[0], options, critic)
        {
            TestName = $"{{m}}({device.Arguments[0]}, {options.GetType().Name}, critic {critic})",
        };

    [TestCaseSource(nameof(Cases))]
    public void Each_critic_s_loss_is_its_own(DeviceUnderTest kind, LearnerOptions options, int critic)
    {
        LearnerReport before = FirstUpdate(kind, options, shifted: 0), after = FirstUpdate(kind, options, shifted: critic);
        (int ownSlot, int otherSlot) = critic == 1 ? (ReportSlot.Q1Loss, ReportSlot.Q2Loss) : (ReportSlot.Q2Loss, ReportSlot.Q1Loss);
        (float own, float other, float otherBefore) = (after[ownSlot], after[otherSlot], before[otherSlot]);

        Assert.That(own, Is.EqualTo(Offset * Offset).Within(20).Percent, "the critic whose values were shifted");
        Assert.That(other, Is.EqualTo(otherBefore), "the other one, whose target is as it was");
        Assert.That(before[ReportSlot.Q1Loss], Is.Not.EqualTo(before[ReportSlot.Q2Loss]), "two critics, not one twice");
        Assert.That(after[ReportSlot.CriticLoss], Is.EqualTo(after[ReportSlot.Q1Loss] + after[ReportSlot.Q2Loss]).Within(1e-5).Percent);
    }

    [Test]
    public void Reports_of_other_figures_have_other_hashes_and_a_report_equals_nothing_but_reports()
    {
        float[] figures = new float[ReportSlot.Count];
        var report = new LearnerReport(figures);
        object same = new LearnerReport(figures);
        figures[ReportSlot.MeanQ] = 1;
        object other = new LearnerReport(figures);

        Assert.That(report.GetHashCode(), Is.EqualTo(same.GetHashCode()).And.Not.EqualTo(other.GetHashCode()));
        Assert.That(report.Equals(same), Is.True);
        Assert.That(report.Equals(other), Is.False);
        Assert.That(report.Equals((object)"report"), Is.False);
        Assert.That(
            () => new LearnerReport(new float[ReportSlot.Count - 1]),
            Throws.ArgumentException.With.Message.Contains($"not {ReportSlot.Count - 1}"));
    }

    /// <summary>
    /// The report of one update of a fresh learner, one of whose critics has <see cref="Offset"/> added to all its values; 0 for neither.
    /// </summary>
    private static LearnerReport FirstUpdate(DeviceUnderTest kind, LearnerOptions options, int shifted)
    {
        using IKernelDevice device = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        var state = new StateDictionary();
        learner.SaveState(state);
        string? bias = state.Tensors.LastOrDefault(tensor => tensor.Name.StartsWith($"critic{shifted}.", StringComparison.Ordinal))?.Name;
        var changed = new StateDictionary();
        changed.Metadata["learner.algorithm"] = state.Metadata["learner.algorithm"];
        foreach (StateTensor tensor in state.Tensors)
        {
            if (tensor.Name == bias)
            {
                Assert.That(tensor.Shape, Is.EqualTo(new long[] { 1 }), "the last layer's bias");
                changed.Add(tensor.Name, [tensor.Floats[0] + Offset], 1);
            }
            else
            {
                changed.Add(tensor);
            }
        }

        learner.LoadState(changed);
        using BatchBuffer batch = Batches.Random(Spec, options.BatchSize, number: 1);
        return learner.Update(batch.View);
    }
}
