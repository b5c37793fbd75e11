using Reacher.Fast.Core.Batch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

/// <summary>A policy for SAC with one wide layer and a head each for means and raw log sigmas.</summary>
internal sealed class WidePolicy : nn.Module<Tensor, Tensor>
{
    private const int Width = 256;
    private readonly Linear body;
    private readonly Linear mean;
    private readonly Linear logSigma;

    public WidePolicy(TransitionSpec spec)
        : base(nameof(WidePolicy))
    {
        body = nn.Linear(spec.ObservationSize, Width);
        mean = nn.Linear(Width, spec.ActionSize);
        logSigma = nn.Linear(Width, spec.ActionSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor observations)
    {
        Tensor x = silu(body.call(observations));
        return cat([mean.call(x), logSigma.call(x)], 1);
    }
}
