using static Reacher.Fast.Core.Kernels.Cuda.KernelArgument;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Targets, losses and their gradients.</summary>
public sealed partial class CudaKernelDevice
{
    /// <inheritdoc/>
    public void SacTarget(Tensor reward, Tensor discount, Tensor targetQ, Tensor logProbability, Tensor entropyCoefficient, Tensor y)
    {
        int batch = y.Columns;
        RequireShape(reward, 1, 1, batch);
        RequireShape(discount, 1, 1, batch);
        RequireShape(targetQ, 2, 1, batch);
        RequireShape(logProbability, 1, 1, batch);
        RequireShape(entropyCoefficient, 1, 1, 1);
        LaunchOver(
            CudaKernels.SacTarget, batch,
            [Read(reward), Read(discount), Read(targetQ), Read(logProbability), Read(entropyCoefficient), Write(y), batch]);
    }

    /// <inheritdoc/>
    public void Td3Target(Tensor reward, Tensor discount, Tensor targetQ, Tensor y)
    {
        int batch = y.Columns;
        RequireShape(reward, 1, 1, batch);
        RequireShape(discount, 1, 1, batch);
        RequireShape(targetQ, 2, 1, batch);
        LaunchOver(CudaKernels.Td3Target, batch, [Read(reward), Read(discount), Read(targetQ), Write(y), batch]);
    }

    /// <inheritdoc/>
    public void CriticLoss(Tensor q, Tensor y, Tensor dq, Tensor report)
    {
        int batch = q.Columns;
        RequireShape(q, 2, 1, batch);
        RequireShape(y, 1, 1, batch);
        RequireShape(dq, 2, 1, batch);
        RequireShape(report, 1, 1, ReportSlot.Count);
        Launch(
            CudaKernels.CriticLoss, 1, 1, 1,
            [Read(q), Read(y), Write(dq), WriteReport(report, ReportSlot.CriticLoss, ReportSlot.MeanTarget), batch]);
    }

    /// <inheritdoc/>
    public void SacPolicyLoss(Tensor q, Tensor logProbability, Tensor entropyCoefficient, Tensor dq, Tensor report)
    {
        int batch = q.Columns;
        RequireShape(q, 2, 1, batch);
        RequireShape(logProbability, 1, 1, batch);
        RequireShape(entropyCoefficient, 1, 1, 1);
        RequireShape(dq, 2, 1, batch);
        RequireShape(report, 1, 1, ReportSlot.Count);
        Launch(
            CudaKernels.SacPolicyLoss, 1, 1, 1,
            [Read(q), Read(logProbability), Read(entropyCoefficient), Write(dq),
             WriteReport(report, ReportSlot.PolicyLoss, ReportSlot.Entropy), batch]);
    }

    /// <inheritdoc/>
    public void Td3PolicyLoss(Tensor q, Tensor dq, Tensor report)
    {
        (int heads, int batch) = (q.Heads, q.Columns);
        RequireShape(dq, heads, 1, batch);
        RequireShape(report, 1, 1, ReportSlot.Count);
        Launch(
            CudaKernels.Td3PolicyLoss, 1, 1, 1,
            [Read(q), Write(dq), WriteReport(report, ReportSlot.PolicyLoss, ReportSlot.PolicyLoss), batch, heads]);
    }

    /// <summary>The report's address, of which the op writes slots <paramref name="first"/> to <paramref name="last"/>.</summary>
    private static KernelArgument WriteReport(Tensor report, int first, int last) =>
        Bytes(report.Address, report.Address + (first * sizeof(float)), (last - first + 1) * sizeof(float), Access.Write);
}
