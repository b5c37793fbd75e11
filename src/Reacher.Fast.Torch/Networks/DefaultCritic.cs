using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>Q(s, a) by layers over observation and action side by side. The layers are registered each under its own number.</summary>
internal sealed class DefaultCritic : torch.nn.Module<Tensor, Tensor, Tensor>
{
    private readonly torch.nn.Module<Tensor, Tensor>[] layers;

    public DefaultCritic(TorchSharp.Modules.Sequential layers)
        : base(nameof(DefaultCritic))
    {
        this.layers = [.. layers.children().Cast<torch.nn.Module<Tensor, Tensor>>()];
        for (int i = 0; i < this.layers.Length; i++)
        {
            register_module(FormattableString.Invariant($"{i}"), this.layers[i]);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor observations, Tensor actions)
    {
        Tensor x = torch.cat([observations, actions], 1);
        foreach (torch.nn.Module<Tensor, Tensor> layer in layers)
        {
            x = layer.call(x);
        }

        return x;
    }
}
