using System.Runtime.InteropServices;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Torch.Interop;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>A module of TorchSharp that acts, on the processor.</summary>
internal sealed class TorchPolicyModule(torch.nn.Module<Tensor, Tensor> module, PolicySpec spec) : IPolicyModule
{
    private readonly Tensor[] parameters = [.. module.state_dict().Values];
    private AlignedMemory<float>? inputs;
    private AlignedMemory<float>? outputs;
    private Tensor? inputView;
    private Tensor? outputView;

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> values)
    {
        using (torch.no_grad())
        {
            foreach (Tensor parameter in parameters)
            {
                int length = checked((int)parameter.NumberOfElements);
                values[..length].CopyTo(MemoryMarshal.Cast<byte, float>(parameter.bytes));
                values = values[length..];
            }
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> observations, int count, Span<float> results)
    {
        if (inputs?.Length != observations.Length)
        {
            Resize(count);
        }

        observations.CopyTo(inputs!.Span);
        using (torch.NewDisposeScope())
        using (torch.no_grad())
        {
            Tensor result = module.call(inputView!);
            outputView!.copy_(spec.Kind == PolicyKind.Deterministic ? result.tanh() : result);
        }

        outputs!.Span.CopyTo(results);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        module.Dispose();
    }

    private void Resize(int count)
    {
        Free();
        inputs = new AlignedMemory<float>(count * spec.ObservationSize);
        outputs = new AlignedMemory<float>(count * spec.OutputSize);
        inputView = TorchShim.Wrap(inputs.Address, torch.CPU, count, spec.ObservationSize);
        outputView = TorchShim.Wrap(outputs.Address, torch.CPU, count, spec.OutputSize);
    }

    private void Free()
    {
        inputView?.Dispose();
        outputView?.Dispose();
        inputs?.Dispose();
        outputs?.Dispose();
    }
}
