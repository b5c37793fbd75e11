using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Interop;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The table of an update's figures, and what must agree with it.</summary>
public sealed partial class LearnerFiguresTests
{
    private static IReadOnlyDictionary<string, int> Slots =>
        typeof(ReportSlot).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(slot => slot.Name != nameof(ReportSlot.Count))
            .ToDictionary(slot => JsonNamingPolicy.SnakeCaseLower.ConvertName(slot.Name), slot => (int)slot.GetRawConstantValue()!);

    [Test]
    public void Each_slot_has_one_row_of_its_own_name()
    {
        Assert.That(Slots.Values, Is.EquivalentTo(Enumerable.Range(0, ReportSlot.Count)));
        Assert.That(LearnerFigures.All.ToDictionary(figure => figure.Name, figure => figure.Slot), Is.EquivalentTo(Slots));
        for (int slot = 0; slot < ReportSlot.Count; slot++)
        {
            Assert.That(LearnerFigures.InSlot(slot).Slot, Is.EqualTo(slot));
        }
    }

    [Test]
    public void No_two_figures_share_a_name()
    {
        Assert.That(LearnerFigures.All.Select(figure => figure.Tag), Is.Unique);
        Assert.That(LearnerFigures.All.Select(figure => figure.Words), Is.Unique);
        Assert.That(LearnerFigures.All.Select(figure => figure.Instrument).Where(name => name is not null), Is.Unique);
        Assert.That(LearnerFigures.All.Select(figure => (figure.Curve!.Chart, figure.Curve.Colour)), Is.Unique);
    }

    /// <summary>The CUDA kernels' slots are an enum in C, counted from 0.</summary>
    [Test]
    public void The_cuda_kernels_have_the_same_slots()
    {
        string? sources = FakeDriver.Sources();
        if (sources is null)
        {
            Assert.Ignore("native/cuda-kernels is not above the test's folder.");
        }

        string body = SlotEnum().Match(File.ReadAllText(Path.Combine(sources, "loss.cu"))).Groups[1].Value;
        string[] names = [.. SlotName().Matches(body).Select(match => match.Groups[1].Value)];
        Assert.That(names, Does.Contain("critic_loss").And.Contain("entropy"));
        Assert.That(names, Is.EqualTo(Slots.OrderBy(slot => slot.Value).Take(names.Length).Select(slot => slot.Key)));
    }

    [Test]
    public void A_report_holds_a_copy_of_its_figures_by_slot()
    {
        float[] figures = [.. Enumerable.Range(1, ReportSlot.Count).Select(i => (float)i)];
        var report = new LearnerReport(figures);
        var same = new LearnerReport(figures);
        figures[ReportSlot.MeanQ] = float.NaN;
        var other = new LearnerReport(figures);

        Assert.That(Enumerable.Range(0, ReportSlot.Count).Select(slot => report[slot]), Is.EqualTo(Enumerable.Range(1, ReportSlot.Count)));
        Assert.That(report == same && report.GetHashCode() == same.GetHashCode(), Is.True);
        Assert.That(report != other && other == new LearnerReport(figures), Is.True);
        Assert.That(() => report[ReportSlot.Count], Throws.TypeOf<IndexOutOfRangeException>());
        Assert.That(() => new LearnerReport(figures.AsSpan(1)), Throws.ArgumentException);
    }

    [GeneratedRegex(@"enum ReportSlot\s*\{([^}]*)\}")]
    private static partial Regex SlotEnum();

    [GeneratedRegex(@"(\w+)_slot\b")]
    private static partial Regex SlotName();
}
