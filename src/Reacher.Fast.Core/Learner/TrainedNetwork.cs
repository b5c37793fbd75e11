using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// What training keeps of one network (or of the twins together): parameters, gradients, Adam's moments and, if it has one,
/// its target. In a checkpoint the parameters carry the network's name, the target's <c>target_</c> before it, and the
/// optimiser's torch.optim.Adam's words after it.
/// </summary>
internal sealed class TrainedNetwork
{
    private readonly IKernelDevice device;
    private readonly Parameter[] layout;
    private readonly string[] names;
    private readonly AdamState optimizer;
    private readonly AdamOptions adam;

    /// <param name="device">The device on which the network lies.</param>
    /// <param name="layout">The names and shapes of the network's parameters.</param>
    /// <param name="names">What a checkpoint calls each head: actor, or critic1 and critic2.</param>
    /// <param name="learningRate">The learning rate that Adam begins with.</param>
    /// <param name="target">Whether a Polyak target follows it.</param>
    /// <param name="schedule">[1, 1, 1]: what the learning rate is multiplied by.</param>
    public TrainedNetwork(IKernelDevice device, Parameter[] layout, string[] names, double learningRate, bool target, Tensor schedule)
    {
        (this.device, this.layout, this.names) = (device, layout, names);
        Parameters = NetworkParameters.Allocate(device, names[0], layout);
        Gradients = NetworkParameters.Allocate(device, $"{names[0]}_gradients", layout);
        Target = target ? NetworkParameters.Allocate(device, $"target_{names[0]}", layout) : null;
        optimizer = new AdamState(
            NetworkParameters.Allocate(device, $"{names[0]}_exp_avg", layout),
            NetworkParameters.Allocate(device, $"{names[0]}_exp_avg_sq", layout),
            device.Allocate($"{names[0]}_adam", new TensorShape("step", 1, 1, 1))[0],
            schedule);
        adam = new AdamOptions(learningRate);
    }

    public TensorBlock Parameters { get; }

    public TensorBlock Gradients { get; }

    public TensorBlock? Target { get; }

    /// <summary>Draws the parameters; the target begins as their copy.</summary>
    public void Initialize(WeightInitialization kind, ulong seed, uint network)
    {
        WeightInitializer.Fill(device, Parameters, layout, kind, seed, network);
        if (Target is not null)
        {
            device.Copy(Parameters, Target);
        }
    }

    /// <summary>Clips the gradient, steps Adam and, unless <paramref name="tau"/> is 0, moves the target; ops.</summary>
    public void Step(float maximumNorm, Tensor report, int normSlot, float tau)
    {
        device.ClipGradientNorm(Gradients, maximumNorm, report, normSlot);
        device.Adam(Parameters, Gradients, optimizer, adam, tau > 0 ? Target : null, tau);
    }

    public void SaveState(StateDictionary state)
    {
        ParameterCodec.Save(device, Parameters, layout, names, "{0}.{1}", state);
        ParameterCodec.Save(device, optimizer.First, layout, names, "optimizer.{0}.{1}.exp_avg", state);
        ParameterCodec.Save(device, optimizer.Second, layout, names, "optimizer.{0}.{1}.exp_avg_sq", state);
        ParameterCodec.Save(device, optimizer.Step, $"optimizer.{names[0]}.step", state);
        if (Target is not null)
        {
            ParameterCodec.Save(device, Target, layout, names, "target_{0}.{1}", state);
        }
    }

    /// <summary>Reads and checks; the action returned takes it over and cannot fail.</summary>
    public Action StageState(StateDictionary state)
    {
        Action load = ParameterCodec.Stage(device, Parameters, layout, names, "{0}.{1}", state);
        load += ParameterCodec.Stage(device, optimizer.First, layout, names, "optimizer.{0}.{1}.exp_avg", state);
        load += ParameterCodec.Stage(device, optimizer.Second, layout, names, "optimizer.{0}.{1}.exp_avg_sq", state);
        load += ParameterCodec.Stage(device, optimizer.Step, $"optimizer.{names[0]}.step", state);
        return Target is null ? load : load + ParameterCodec.Stage(device, Target, layout, names, "target_{0}.{1}", state);
    }
}
