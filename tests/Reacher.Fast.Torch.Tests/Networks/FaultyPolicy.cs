using TorchSharp;
using TorchSharp.Modules;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Networks;

/// <summary>A policy as its users first write it: with one layer, that is registered or not, used or not.</summary>
internal sealed class FaultyPolicy : torch.nn.Module<Tensor, Tensor>
{
    private readonly Linear layer;
    private readonly Linear[] more;

    public FaultyPolicy(int inputs, int outputs, bool registers = true, bool hasList = false)
        : base(nameof(FaultyPolicy))
    {
        layer = torch.nn.Linear(inputs, outputs);
        more = hasList ? [torch.nn.Linear(outputs, outputs)] : [];
        if (registers)
        {
            RegisterComponents();
        }
    }

    public override Tensor forward(Tensor observations) => more.Aggregate(layer.call(observations), (x, one) => one.call(x));
}
