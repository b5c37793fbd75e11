namespace Reacher.Fast.Core.Kernels;

/// <summary>Targets, losses and their gradients. All quantities per sample are row vectors [., 1, B].</summary>
public interface ILossKernels
{
    /// <summary>
    /// The fused SAC target: y = reward + discount * (min_h q[h] - alpha * log pi) (Haarnoja et al. 2018b, eq. 2 and 3).
    /// <paramref name="targetQ"/> is [2, 1, B], the rest [1, 1, B], alpha [1, 1, 1].
    /// </summary>
    void SacTarget(Tensor reward, Tensor discount, Tensor targetQ, Tensor logProbability, Tensor entropyCoefficient, Tensor y);

    /// <summary>The fused TD3 target: y = reward + discount * min_h q[h] (Fujimoto et al. 2018, eq. 10).</summary>
    void Td3Target(Tensor reward, Tensor discount, Tensor targetQ, Tensor y);

    /// <summary>
    /// L = sum_h L[h], L[h] = mean_b (q[h, b] - y[b])^2; dq[h, b] = 2 (q[h, b] - y[b]) / B. Both of [2, 1, B]. Writes the loss, each
    /// critic's own, the mean of q over heads and samples, and the mean of y into <paramref name="report"/> [1, 1, <see cref="ReportSlot.Count"/>].
    /// </summary>
    void CriticLoss(Tensor q, Tensor y, Tensor dq, Tensor report);

    /// <summary>
    /// SAC's policy loss L = mean_b (alpha log pi(b) - min_h q[h, b]): dq[h, b] = -1/B for the smaller head (head 0 where
    /// equal), 0 for the other. Writes the loss and the mean of -log pi (the entropy) into <paramref name="report"/>.
    /// </summary>
    void SacPolicyLoss(Tensor q, Tensor logProbability, Tensor entropyCoefficient, Tensor dq, Tensor report);

    /// <summary>TD3's policy loss L = -mean_b q[0, b]: dq[0, b] = -1/B, other heads 0. Writes the loss into <paramref name="report"/>.</summary>
    void Td3PolicyLoss(Tensor q, Tensor dq, Tensor report);
}
