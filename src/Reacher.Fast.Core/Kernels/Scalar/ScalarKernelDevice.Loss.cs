namespace Reacher.Fast.Core.Kernels.Scalar;

/// <summary>Targets, losses and their gradients.</summary>
public sealed partial class ScalarKernelDevice
{
    /// <inheritdoc/>
    public void SacTarget(Tensor reward, Tensor discount, Tensor targetQ, Tensor logProbability, Tensor entropyCoefficient, Tensor y)
    {
        int batch = y.Columns;
        ReadOnlySpan<float> r = Values(reward, 1, 1, batch), d = Values(discount, 1, 1, batch), q = Values(targetQ, 2, 1, batch);
        ReadOnlySpan<float> logPi = Values(logProbability, 1, 1, batch);
        Span<float> to = Values(y, 1, 1, batch);
        double alpha = Values(entropyCoefficient, 1, 1, 1)[0];
        for (int b = 0; b < batch; b++)
        {
            to[b] = (float)(r[b] + (d[b] * (Math.Min(q[b], q[batch + b]) - (alpha * logPi[b]))));
        }
    }

    /// <inheritdoc/>
    public void Td3Target(Tensor reward, Tensor discount, Tensor targetQ, Tensor y)
    {
        int batch = y.Columns;
        ReadOnlySpan<float> r = Values(reward, 1, 1, batch), d = Values(discount, 1, 1, batch), q = Values(targetQ, 2, 1, batch);
        Span<float> to = Values(y, 1, 1, batch);
        for (int b = 0; b < batch; b++)
        {
            to[b] = (float)(r[b] + ((double)d[b] * Math.Min(q[b], q[batch + b])));
        }
    }

    /// <inheritdoc/>
    public void CriticLoss(Tensor q, Tensor y, Tensor dq, Tensor report)
    {
        int batch = q.Columns;
        ReadOnlySpan<float> values = Values(q, 2, 1, batch), targets = Values(y, 1, 1, batch);
        Span<float> d = Values(dq, 2, 1, batch);
        Span<double> losses = [0, 0];
        double meanQ = 0, meanY = 0;
        for (int at = 0; at < values.Length; at++)
        {
            double error = (double)values[at] - targets[at % batch];
            losses[at / batch] += error * error / batch;
            meanQ += (double)values[at] / (2 * batch);
            meanY += (double)targets[at % batch] / (2 * batch);
            d[at] = (float)(2 * error / batch);
        }

        Span<float> to = Values(report, 1, 1, ReportSlot.Count);
        to[ReportSlot.CriticLoss] = (float)(losses[0] + losses[1]);
        to[ReportSlot.Q1Loss] = (float)losses[0];
        to[ReportSlot.Q2Loss] = (float)losses[1];
        to[ReportSlot.MeanQ] = (float)meanQ;
        to[ReportSlot.MeanTarget] = (float)meanY;
    }

    /// <inheritdoc/>
    public void SacPolicyLoss(Tensor q, Tensor logProbability, Tensor entropyCoefficient, Tensor dq, Tensor report)
    {
        int batch = q.Columns;
        ReadOnlySpan<float> values = Values(q, 2, 1, batch), logPi = Values(logProbability, 1, 1, batch);
        Span<float> d = Values(dq, 2, 1, batch);
        double alpha = Values(entropyCoefficient, 1, 1, 1)[0], loss = 0, entropy = 0;
        for (int b = 0; b < batch; b++)
        {
            bool second = values[batch + b] < values[b];
            loss += ((alpha * logPi[b]) - (second ? values[batch + b] : values[b])) / batch;
            entropy -= (double)logPi[b] / batch;
            d[b] = second ? 0 : -1f / batch;
            d[batch + b] = second ? -1f / batch : 0;
        }

        Span<float> to = Values(report, 1, 1, ReportSlot.Count);
        to[ReportSlot.PolicyLoss] = (float)loss;
        to[ReportSlot.Entropy] = (float)entropy;
    }

    /// <inheritdoc/>
    public void Td3PolicyLoss(Tensor q, Tensor dq, Tensor report)
    {
        int batch = q.Columns;
        ReadOnlySpan<float> values = Values(q);
        Span<float> d = Values(dq, q.Heads, 1, batch);
        d.Clear();
        double loss = 0;
        for (int b = 0; b < batch; b++)
        {
            loss -= (double)values[b] / batch;
            d[b] = -1f / batch;
        }

        Values(report, 1, 1, ReportSlot.Count)[ReportSlot.PolicyLoss] = (float)loss;
    }
}
