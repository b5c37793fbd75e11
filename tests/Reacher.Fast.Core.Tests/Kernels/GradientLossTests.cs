using Reacher.Fast.Core.Kernels;
using static Reacher.Fast.Core.Tests.Kernels.DoubleFormulas;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>Targets and losses against formulas in double, their gradients against central differences.</summary>
public sealed class GradientLossTests
{
    private static readonly int[] Batches = [1, 7, 8, 33, 100];

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Both_targets_take_the_smaller_critic_and_the_row_s_own_discount(DeviceUnderTest kind)
    {
        foreach (int batch in Batches)
        {
            using var bench = new GradientBench(kind);
            float[] r = bench.Normals(batch), q = bench.Normals(2 * batch, 10), logPi = bench.Normals(batch, 3);
            float[] d = [.. Enumerable.Range(0, batch).Select(b => b % 3 == 0 ? 0 : 0.9f)];
            Tensor y = bench.Tensor(1, 1, batch), tr = bench.Tensor(1, 1, batch, r), td = bench.Tensor(1, 1, batch, d),
                tq = bench.Tensor(2, 1, batch, q);
            double Min(int b) => Math.Min(q[b], q[batch + b]);

            bench.Device.SacTarget(tr, td, tq, bench.Tensor(1, 1, batch, logPi), bench.Tensor(1, 1, 1, [0.3f]), y);
            bench.AssertClose(y, [.. Enumerable.Range(0, batch).Select(b => r[b] + (d[b] * (Min(b) - ((double)0.3f * logPi[b]))))], "SAC");
            bench.Device.Td3Target(tr, td, tq, y);
            bench.AssertClose(y, [.. Enumerable.Range(0, batch).Select(b => r[b] + (d[b] * Min(b)))], "TD3");
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void The_critics_loss_and_its_gradient(DeviceUnderTest kind)
    {
        foreach (int batch in Batches)
        {
            using var bench = new GradientBench(kind);
            float[] q = bench.Normals(2 * batch, 3), y = bench.Normals(batch, 3);
            Tensor dq = bench.Tensor(2, 1, batch), report = bench.Tensor(1, 1, ReportSlot.Count);
            double OwnLoss(double[] qs, int head) => Enumerable.Range(0, batch).Average(b => Math.Pow(qs[(head * batch) + b] - y[b], 2));
            double Loss(double[] qs) => OwnLoss(qs, 0) + OwnLoss(qs, 1);

            bench.Device.CriticLoss(bench.Tensor(2, 1, batch, q), bench.Tensor(1, 1, batch, y), dq, report);
            bench.AssertGradient(dq, Loss, q, "dq");
            AssertReport(
                bench, report, (ReportSlot.CriticLoss, Loss(Doubles(q))), (ReportSlot.Q1Loss, OwnLoss(Doubles(q), 0)),
                (ReportSlot.Q2Loss, OwnLoss(Doubles(q), 1)),
                (ReportSlot.MeanQ, q.Average(value => (double)value)), (ReportSlot.MeanTarget, y.Average(value => (double)value)));
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void SAC_s_policy_loss_and_its_gradient_through_the_smaller_critic(DeviceUnderTest kind)
    {
        foreach (int batch in Batches)
        {
            using var bench = new GradientBench(kind);
            float[] q = bench.Normals(2 * batch), logPi = bench.Normals(batch);
            Tensor dq = bench.Tensor(2, 1, batch), report = bench.Tensor(1, 1, ReportSlot.Count);
            double Loss(double[] qs) => Enumerable.Range(0, batch).Average(b => (0.3f * (double)logPi[b]) - Math.Min(qs[b], qs[batch + b]));

            bench.Device.SacPolicyLoss(bench.Tensor(2, 1, batch, q), bench.Tensor(1, 1, batch, logPi), bench.Tensor(1, 1, 1, [0.3f]), dq, report);
            bench.AssertGradient(dq, Loss, q, "dq", step: 1e-6);
            AssertReport(bench, report, (ReportSlot.PolicyLoss, Loss(Doubles(q))), (ReportSlot.Entropy, -logPi.Average(value => (double)value)));
        }
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void Where_both_critics_agree_the_first_carries_the_gradient(DeviceUnderTest kind)
    {
        using var bench = new GradientBench(kind);
        Tensor dq = bench.Tensor(2, 1, 2), report = bench.Tensor(1, 1, ReportSlot.Count);
        bench.Device.SacPolicyLoss(bench.Tensor(2, 1, 2, [1, 2, 1, 1]), bench.Tensor(1, 1, 2, [0, 0]), bench.Tensor(1, 1, 1, [1]), dq, report);

        Assert.That(bench.Values(dq), Is.EqualTo(new[] { -0.5f, 0, 0, -0.5f }));
    }

    [TestCaseSource(typeof(TestDevices), nameof(TestDevices.All))]
    public void TD3_s_policy_loss_and_its_gradient_through_the_first_critic(DeviceUnderTest kind)
    {
        foreach (int batch in Batches)
        {
            using var bench = new GradientBench(kind);
            float[] q = bench.Normals(2 * batch);
            Tensor dq = bench.Tensor(2, 1, batch), report = bench.Tensor(1, 1, ReportSlot.Count);
            double Loss(double[] qs) => -qs.Take(batch).Average();

            bench.Device.Td3PolicyLoss(bench.Tensor(2, 1, batch, q), dq, report);
            bench.AssertGradient(dq, Loss, q, "dq");
            AssertReport(bench, report, (ReportSlot.PolicyLoss, Loss(Doubles(q))));
        }
    }

    private static void AssertReport(GradientBench bench, Tensor report, params (int Slot, double Expected)[] figures)
    {
        float[] values = bench.Values(report);
        foreach ((int slot, double expected) in figures)
        {
            Assert.That((double)values[slot], Is.EqualTo(expected).Within(bench.Tolerance * Math.Max(1, Math.Abs(expected))), $"slot {slot}");
            values[slot] = float.NaN;
        }

        Assert.That(values, Has.All.NaN, "no other figure is touched");
    }
}
