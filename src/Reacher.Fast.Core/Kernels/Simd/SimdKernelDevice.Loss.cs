using Reacher.Fast.Core.Kernels.Simd.Ops;

namespace Reacher.Fast.Core.Kernels.Simd;

/// <summary>Targets and losses: a few numbers per sample, in plain loops on the calling thread. 0.1 percent of an update.</summary>
internal sealed unsafe partial class SimdKernelDevice<T>
{
    /// <inheritdoc/>
    public void SacTarget(Tensor reward, Tensor discount, Tensor targetQ, Tensor logProbability, Tensor entropyCoefficient, Tensor y)
    {
        float* r = Row(reward), d = Row(discount), q0 = Row(targetQ), q1 = Row(targetQ, 1), l = Row(logProbability), target = Row(y);
        float alpha = *Row(entropyCoefficient);
        for (int b = 0; b < y.Columns; b++)
        {
            target[b] = r[b] + d[b] * (MathF.Min(q0[b], q1[b]) - alpha * l[b]);
        }
    }

    /// <inheritdoc/>
    public void Td3Target(Tensor reward, Tensor discount, Tensor targetQ, Tensor y)
    {
        float* r = Row(reward), d = Row(discount), q0 = Row(targetQ), q1 = Row(targetQ, 1), target = Row(y);
        for (int b = 0; b < y.Columns; b++)
        {
            target[b] = r[b] + d[b] * MathF.Min(q0[b], q1[b]);
        }
    }

    /// <inheritdoc/>
    public void CriticLoss(Tensor q, Tensor y, Tensor dq, Tensor report)
    {
        int count = q.Columns;
        float* target = Row(y), figures = Row(report);
        float scale = 2f / count;
        double total = 0, sum = 0;
        for (int head = 0; head < 2; head++)
        {
            float* value = Row(q, head), gradient = Row(dq, head);
            double loss = 0;
            for (int b = 0; b < count; b++)
            {
                float error = value[b] - target[b];
                gradient[b] = scale * error;
                loss += (double)error * error;
                sum += value[b];
            }

            figures[ReportSlot.Q1Loss + head] = (float)(loss / count);
            total += loss;
        }

        figures[ReportSlot.CriticLoss] = (float)(total / count);
        figures[ReportSlot.MeanQ] = (float)(sum / (2.0 * count));
        figures[ReportSlot.MeanTarget] = (float)(ChunkedSums.Sum(target, count) / count);
    }

    /// <inheritdoc/>
    public void SacPolicyLoss(Tensor q, Tensor logProbability, Tensor entropyCoefficient, Tensor dq, Tensor report)
    {
        int count = q.Columns;
        float* q0 = Row(q), q1 = Row(q, 1), l = Row(logProbability), dq0 = Row(dq), dq1 = Row(dq, 1);
        double alpha = *Row(entropyCoefficient);
        float share = -1f / count;
        double loss = 0;
        for (int b = 0; b < count; b++)
        {
            bool second = q1[b] < q0[b];
            dq0[b] = second ? 0f : share;
            dq1[b] = second ? share : 0f;
            loss += alpha * l[b] - MathF.Min(q0[b], q1[b]);
        }

        float* figures = Row(report);
        figures[ReportSlot.PolicyLoss] = (float)(loss / count);
        figures[ReportSlot.Entropy] = (float)(-ChunkedSums.Sum(l, count) / count);
    }

    /// <inheritdoc/>
    public void Td3PolicyLoss(Tensor q, Tensor dq, Tensor report)
    {
        int count = q.Columns;
        for (int head = 0; head < q.Heads; head++)
        {
            new Span<float>(Row(dq, head), count).Fill(head == 0 ? -1f / count : 0f);
        }

        Row(report)[ReportSlot.PolicyLoss] = (float)(-ChunkedSums.Sum(Row(q), count) / count);
    }
}
