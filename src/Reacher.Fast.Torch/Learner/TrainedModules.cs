using Reacher.Fast.Core.Checkpoints;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>
/// What training keeps of one network, or of the twins together: modules, Adam's moments and, if they have them, targets. In a checkpoint a
/// parameter is called by its network's name and its key in the module's <c>state_dict</c>, which for the default networks are the names of this
/// project's own learners.
/// </summary>
internal sealed class TrainedModules : IDisposable
{
    private readonly string[] names;
    private readonly torch.nn.Module[] modules;
    private readonly torch.nn.Module[] targets;
    private readonly Tensor[] parameters;
    private readonly (Tensor Target, Tensor Source, bool IsParameter)[] followed;
    private readonly TorchAdam adam;
    private readonly Tensor one;

    /// <param name="names">What a checkpoint calls each: actor, or critic1 and critic2.</param>
    /// <param name="modules">The networks, on their device.</param>
    /// <param name="targets">Their targets, which begin as copies; empty for none.</param>
    /// <param name="learningRate">The learning rate that Adam begins with.</param>
    public TrainedModules(string[] names, torch.nn.Module[] modules, torch.nn.Module[] targets, double learningRate)
    {
        (this.names, this.modules, this.targets) = (names, modules, targets);
        parameters = [.. modules.SelectMany(module => module.parameters())];
        adam = new TorchAdam(parameters, learningRate);
        one = torch.ones(1, parameters[0].dtype, parameters[0].device);
        followed = [.. targets.SelectMany((target, i) => Follow(target, modules[i]))];
        foreach (torch.nn.Module target in targets)
        {
            foreach (Tensor parameter in target.parameters())
            {
                parameter.requires_grad_(false);
            }
        }

        CopyToTargets();
    }

    /// <summary>Steps Adam by the gradient of a loss, scaled down to a norm.</summary>
    /// <param name="loss">What the gradient is taken of.</param>
    /// <param name="maximumNorm">Infinite for never.</param>
    /// <param name="norm">Takes the norm before it is scaled, [1].</param>
    /// <param name="learningRateScale">What the learning rate is multiplied by.</param>
    public void Step(Tensor loss, float maximumNorm, Tensor norm, double learningRateScale)
    {
        IList<Tensor> gradients = torch.autograd.grad([loss], parameters);
        using (torch.no_grad())
        {
            Tensor length = torch.stack([.. gradients.Select(gradient => gradient.norm())]).norm();
            norm.copy_(length.reshape(1));
            if (float.IsFinite(maximumNorm))
            {
                Tensor scale = torch.minimum(maximumNorm / (length + 1e-6), one);
                foreach (Tensor gradient in gradients)
                {
                    gradient.mul_(scale);
                }
            }
        }

        adam.Update([.. gradients], learningRateScale);
    }

    /// <summary>target &lt;- target + tau (network - target).</summary>
    /// <param name="tau">tau as a tensor on their device.</param>
    public void MoveTargets(Tensor tau)
    {
        using (torch.no_grad())
        {
            foreach ((Tensor target, Tensor source, bool isParameter) in followed)
            {
                _ = isParameter ? target.lerp_(source, tau) : target.copy_(source);
            }
        }
    }

    /// <summary>Makes the targets copies of their networks.</summary>
    public void CopyToTargets()
    {
        using (torch.no_grad())
        {
            foreach ((Tensor target, Tensor source, _) in followed)
            {
                target.copy_(source);
            }
        }
    }

    public void SaveState(StateDictionary state)
    {
        foreach ((string name, Tensor tensor) in Named())
        {
            TensorCodec.Save(tensor, name, state);
        }
    }

    /// <summary>Reads and checks; the action returned takes it over and cannot fail.</summary>
    public Action StageState(StateDictionary state)
    {
        Action load = static () => { };
        foreach ((string name, Tensor tensor) in Named())
        {
            load += TensorCodec.Stage(tensor, name, state);
        }

        return load;
    }

    /// <summary>Takes the networks' own tensors alone, as they begin with.</summary>
    public void LoadWeights(StateDictionary state)
    {
        for (int i = 0; i < modules.Length; i++)
        {
            foreach ((string key, Tensor tensor) in modules[i].state_dict())
            {
                TensorCodec.Stage(tensor, $"{names[i]}.{key}", state)();
            }
        }

        CopyToTargets();
    }

    public void Dispose()
    {
        foreach (torch.nn.Module module in modules.Concat(targets))
        {
            module.Dispose();
        }

        adam.Dispose();
        one.Dispose();
    }

    private static IEnumerable<(Tensor, Tensor, bool)> Follow(torch.nn.Module target, torch.nn.Module source)
    {
        Dictionary<string, Tensor> from = source.state_dict();
        var parameters = source.named_parameters().Select(parameter => parameter.name).ToHashSet();
        return target.state_dict().Select(pair => (pair.Value, from[pair.Key], parameters.Contains(pair.Key)));
    }

    // In the order in which this project's own learners write them.
    private IEnumerable<(string Name, Tensor Tensor)> Named()
    {
        for (int i = 0; i < modules.Length; i++)
        {
            foreach ((string key, Tensor tensor) in modules[i].state_dict())
            {
                yield return ($"{names[i]}.{key}", tensor);
            }
        }

        int at = 0;
        for (int i = 0; i < modules.Length; i++)
        {
            foreach ((string key, _) in modules[i].named_parameters())
            {
                yield return ($"optimizer.{names[i]}.{key}.exp_avg", adam.First[at]);
                yield return ($"optimizer.{names[i]}.{key}.exp_avg_sq", adam.Second[at++]);
            }
        }

        yield return ($"optimizer.{names[0]}.step", adam.Step);
        for (int i = 0; i < targets.Length; i++)
        {
            foreach ((string key, Tensor tensor) in targets[i].state_dict())
            {
                yield return ($"target_{names[i]}.{key}", tensor);
            }
        }
    }
}
