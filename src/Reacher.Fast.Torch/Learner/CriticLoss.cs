using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Torch.Batch;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>Both critics' mean squared errors, and the figures that come of them.</summary>
internal static class CriticLoss
{
    /// <summary>sum_i mean (Q_theta_i(s, a) - y)^2, with a gradient to both critics.</summary>
    public static Tensor Of(LearnerModules networks, TorchBatch batch, Tensor y, TorchReport report)
    {
        Tensor q1 = networks.Critic1.call(batch.Observations, batch.Actions).reshape(-1);
        Tensor q2 = networks.Critic2.call(batch.Observations, batch.Actions).reshape(-1);
        Tensor loss1 = (q1 - y).square().mean(), loss2 = (q2 - y).square().mean();
        Tensor loss = loss1 + loss2;
        using (torch.no_grad())
        {
            report.Write(ReportSlot.CriticLoss, loss);
            report.Write(ReportSlot.Q1Loss, loss1);
            report.Write(ReportSlot.Q2Loss, loss2);
            report.Write(ReportSlot.MeanQ, (q1.mean() + q2.mean()) * 0.5);
            report.Write(ReportSlot.MeanTarget, y.mean());
        }

        return loss;
    }
}
