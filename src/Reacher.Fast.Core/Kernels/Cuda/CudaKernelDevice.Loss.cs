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
        var arguments = new KernelArguments();
        arguments.Read(reward);
        arguments.Read(discount);
        arguments.Read(targetQ);
        arguments.Read(logProbability);
        arguments.Read(entropyCoefficient);
        arguments.Write(y);
        arguments.Value(batch);
        LaunchOver(CudaKernels.SacTarget, batch, arguments);
    }

    /// <inheritdoc/>
    public void Td3Target(Tensor reward, Tensor discount, Tensor targetQ, Tensor y)
    {
        int batch = y.Columns;
        RequireShape(reward, 1, 1, batch);
        RequireShape(discount, 1, 1, batch);
        RequireShape(targetQ, 2, 1, batch);
        var arguments = new KernelArguments();
        arguments.Read(reward);
        arguments.Read(discount);
        arguments.Read(targetQ);
        arguments.Write(y);
        arguments.Value(batch);
        LaunchOver(CudaKernels.Td3Target, batch, arguments);
    }

    /// <inheritdoc/>
    public void CriticLoss(Tensor q, Tensor y, Tensor dq, Tensor report)
    {
        int batch = q.Columns;
        RequireShape(q, 2, 1, batch);
        RequireShape(y, 1, 1, batch);
        RequireShape(dq, 2, 1, batch);
        RequireShape(report, 1, 1, ReportSlot.Count);
        var arguments = new KernelArguments();
        arguments.Read(q);
        arguments.Read(y);
        arguments.Write(dq);
        WriteReport(ref arguments, report, ReportSlot.CriticLoss, ReportSlot.MeanTarget);
        arguments.Value(batch);
        Launch(CudaKernels.CriticLoss, 1, 1, 1, arguments);
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
        var arguments = new KernelArguments();
        arguments.Read(q);
        arguments.Read(logProbability);
        arguments.Read(entropyCoefficient);
        arguments.Write(dq);
        WriteReport(ref arguments, report, ReportSlot.PolicyLoss, ReportSlot.Entropy);
        arguments.Value(batch);
        Launch(CudaKernels.SacPolicyLoss, 1, 1, 1, arguments);
    }

    /// <inheritdoc/>
    public void Td3PolicyLoss(Tensor q, Tensor dq, Tensor report)
    {
        (int heads, int batch) = (q.Heads, q.Columns);
        RequireShape(dq, heads, 1, batch);
        RequireShape(report, 1, 1, ReportSlot.Count);
        var arguments = new KernelArguments();
        arguments.Read(q);
        arguments.Write(dq);
        WriteReport(ref arguments, report, ReportSlot.PolicyLoss, ReportSlot.PolicyLoss);
        arguments.Value(batch);
        arguments.Value(heads);
        Launch(CudaKernels.Td3PolicyLoss, 1, 1, 1, arguments);
    }

    /// <summary>The report's address, of which the op writes slots <paramref name="first"/> to <paramref name="last"/>.</summary>
    private static void WriteReport(ref KernelArguments arguments, Tensor report, int first, int last) =>
        arguments.Memory(report.Address, report.Address + (first * sizeof(float)), (last - first + 1) * sizeof(float), Access.Write);
}
