using System.Collections.Concurrent;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Torch.Interop;
using Reacher.Fast.Torch.Loading;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>A policy's network that is a module of TorchSharp: its parameters in the order of its <c>state_dict</c>.</summary>
internal sealed class TorchArchitecture(Func<TransitionSpec, torch.nn.Module<Tensor, Tensor>> make) : IPolicyArchitecture
{
    // A module tells them only once it is made, which takes a while, and they are asked for often.
    private readonly ConcurrentDictionary<(int, int, PolicyKind), IReadOnlyList<(string Name, IReadOnlyList<long> Shape)>> known = new();

    /// <inheritdoc/>
    public string Name => field ??= NameOfClass();

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters(PolicySpec spec) =>
        known.GetOrAdd((spec.ObservationSize, spec.ActionSize, spec.Kind), _ =>
        {
            using torch.nn.Module<Tensor, Tensor> module = Make(spec);
            return [.. module.state_dict().Select(pair => (pair.Key, (IReadOnlyList<long>)pair.Value.shape))];
        });

    /// <inheritdoc/>
    public IPolicyModule Create(PolicySpec spec)
    {
        var module = new TorchPolicyModule(Make(spec), spec);
        TorchThreads.Act();
        return module;
    }

    /// <summary>A module whose shapes have been checked.</summary>
    public torch.nn.Module<Tensor, Tensor> Make(PolicySpec spec)
    {
        TorchLibrary.Require(cuda: false);
        var sizes = new TransitionSpec(spec.ObservationSize, spec.ActionSize);
        return NetworkCheck.Policy(make(sizes), sizes, spec.OutputSize);
    }

    // The sizes do not matter to the name.
    private string NameOfClass()
    {
        TorchLibrary.Require(cuda: false);
        using torch.nn.Module<Tensor, Tensor> module = make(new TransitionSpec(1, 1));
        return module.GetType().FullName ?? module.GetType().Name;
    }
}
