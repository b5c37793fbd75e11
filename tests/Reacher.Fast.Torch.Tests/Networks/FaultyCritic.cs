using TorchSharp;
using TorchSharp.Modules;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Networks;

/// <summary>A critic that forgets a layer, or gives a number too many.</summary>
internal sealed class FaultyCritic : torch.nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Linear used;
    private readonly Linear forgotten;

    public FaultyCritic(int inputs, int outputs)
        : base(nameof(FaultyCritic))
    {
        used = torch.nn.Linear(inputs, outputs);
        forgotten = torch.nn.Linear(outputs, outputs);
        RegisterComponents();
    }

    public long Forgotten => forgotten.weight.NumberOfElements;

    public override Tensor forward(Tensor observations, Tensor actions) => used.call(torch.cat([observations, actions], 1));
}
