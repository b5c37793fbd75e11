using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>
/// The networks that a learner has where its user brings none: those of this project's own learners, numbered as
/// torch.nn.Sequential(Linear, [LayerNorm,] ReLU, ..., Linear) numbers them.
/// </summary>
internal static class DefaultNetworks
{
    /// <summary>From observations [B, O] to <paramref name="outputs"/> numbers each, before any tanh.</summary>
    public static torch.nn.Module<Tensor, Tensor> Policy(LearnerOptions options, TransitionSpec spec, int outputs) =>
        Layers(spec.ObservationSize, options.HiddenSizes, outputs, layerNorm: false);

    /// <summary>From observations and actions to values [B, 1].</summary>
    public static torch.nn.Module<Tensor, Tensor, Tensor> Critic(LearnerOptions options, TransitionSpec spec) =>
        new DefaultCritic(Layers(spec.ObservationSize + spec.ActionSize, options.HiddenSizes, 1, options.LayerNormCritics));

    private static TorchSharp.Modules.Sequential Layers(int inputs, IReadOnlyList<int> hidden, int outputs, bool layerNorm)
    {
        var layers = new List<torch.nn.Module<Tensor, Tensor>>();
        foreach (int size in hidden)
        {
            layers.Add(torch.nn.Linear(inputs, size));
            if (layerNorm)
            {
                layers.Add(torch.nn.LayerNorm(size));
            }

            layers.Add(torch.nn.ReLU());
            inputs = size;
        }

        layers.Add(torch.nn.Linear(inputs, outputs));
        return torch.nn.Sequential(layers.Select((layer, i) => (FormattableString.Invariant($"{i}"), layer)));
    }
}
