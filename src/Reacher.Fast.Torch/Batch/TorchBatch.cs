using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Batch;

/// <summary>One batch where the update reads it. The tensors view the ring's memory; they are made once.</summary>
/// <param name="Observations">s [B, O].</param>
/// <param name="Actions">a [B, A].</param>
/// <param name="Rewards">r [B].</param>
/// <param name="Discounts">[B]: 0 where terminated, else gamma^n.</param>
/// <param name="NextObservations">s' [B, O].</param>
/// <param name="TargetNoise">[B, A]: standard normal numbers for the target's action.</param>
/// <param name="PolicyNoise">[B, A]: those for the policy's own.</param>
/// <param name="Mean">[O]: the observations' running mean.</param>
/// <param name="Scale">[O]: what they are multiplied by once it is subtracted.</param>
internal sealed record TorchBatch(
    Tensor Observations, Tensor Actions, Tensor Rewards, Tensor Discounts, Tensor NextObservations, Tensor TargetNoise, Tensor PolicyNoise,
    Tensor Mean, Tensor Scale);
