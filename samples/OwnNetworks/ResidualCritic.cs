using Reacher.Fast.Core.Batch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

/// <summary>Q(s, a) with a block around which its input goes (He et al. 2016).</summary>
internal sealed class ResidualCritic : nn.Module<Tensor, Tensor, Tensor>
{
    private const int Width = 64;
    private readonly Linear first;
    private readonly Linear block1;
    private readonly Linear block2;
    private readonly LayerNorm norm;
    private readonly Linear value;

    public ResidualCritic(TransitionSpec spec)
        : base(nameof(ResidualCritic))
    {
        first = nn.Linear(spec.ObservationSize + spec.ActionSize, Width);
        norm = nn.LayerNorm(Width);
        block1 = nn.Linear(Width, Width);
        block2 = nn.Linear(Width, Width);
        value = nn.Linear(Width, 1);
        RegisterComponents(); // last: what is not registered is not trained
    }

    public override Tensor forward(Tensor observations, Tensor actions)
    {
        Tensor x = first.call(cat([observations, actions], 1));
        x = x + block2.call(relu(block1.call(relu(norm.call(x)))));
        return value.call(relu(x));
    }
}
