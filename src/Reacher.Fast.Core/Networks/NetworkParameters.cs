using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Networks;

/// <summary>What a parameter tensor is: how it is initialised and how a checkpoint lays it out.</summary>
internal enum ParameterRole
{
    /// <summary>A matrix [H, in, out] of a linear layer; [out, in] in a checkpoint.</summary>
    Weight = 0,

    /// <summary>A critic's last weight, the row [H, 1, in] for its one output; [1, in] in a checkpoint.</summary>
    ValueWeight = 1,

    /// <summary>[H, 1, out].</summary>
    Bias = 2,

    /// <summary>Layer normalisation's factor, 1 at first.</summary>
    Gain = 3,

    /// <summary>Layer normalisation's summand, 0 at first.</summary>
    Shift = 4,
}

/// <summary>One parameter tensor of a network.</summary>
/// <param name="Shape">Name as torch.nn.Sequential would number it, and shape.</param>
/// <param name="Role">What the parameter is in its layer.</param>
/// <param name="FanIn">Inputs of the layer it belongs to.</param>
/// <param name="Output">Whether it belongs to the network's last layer.</param>
internal readonly record struct Parameter(TensorShape Shape, ParameterRole Role, int FanIn, bool Output);

/// <summary>
/// The parameters of both kinds of network, in order. Names are those of torch.nn.Sequential(Linear, [LayerNorm,] ReLU, ...,
/// Linear), in which every module takes a number, so that a checkpoint loads into PyTorch by name.
/// </summary>
internal static class NetworkParameters
{
    /// <summary>Weight and bias of every layer of a policy, one head.</summary>
    public static Parameter[] ForPolicy(PolicySpec spec)
    {
        var parameters = new List<Parameter>();
        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            AddLinear(parameters, heads: 1, module: 2 * layer, spec.Inputs(layer), spec.Outputs(layer), output: layer == spec.LayerCount - 1);
        }

        return [.. parameters];
    }

    /// <summary>The parameters of twin critics from observation and action to one value each, two heads.</summary>
    public static Parameter[] ForTwinCritic(int inputs, ReadOnlySpan<int> hiddenSizes, bool layerNorm)
    {
        var parameters = new List<Parameter>();
        int module = 0;
        foreach (int size in hiddenSizes)
        {
            AddLinear(parameters, heads: 2, module++, inputs, size, output: false);
            if (layerNorm)
            {
                parameters.Add(new(new($"{module}.weight", 2, 1, size), ParameterRole.Gain, inputs, false));
                parameters.Add(new(new($"{module++}.bias", 2, 1, size), ParameterRole.Shift, inputs, false));
            }

            module++;
            inputs = size;
        }

        parameters.Add(new(new($"{module}.weight", 2, 1, inputs), ParameterRole.ValueWeight, inputs, true));
        parameters.Add(new(new($"{module}.bias", 2, 1, 1), ParameterRole.Bias, inputs, true));
        return [.. parameters];
    }

    /// <summary>A zeroed block for these parameters: the parameters themselves, their gradients or an optimiser's moments.</summary>
    public static TensorBlock Allocate(IKernelDevice device, string name, Parameter[] parameters)
    {
        TensorShape[] shapes = Array.ConvertAll(parameters, parameter => parameter.Shape);
        return device.Allocate(name, shapes);
    }

    private static void AddLinear(List<Parameter> parameters, int heads, int module, int inputs, int outputs, bool output)
    {
        parameters.Add(new(new($"{module}.weight", heads, inputs, outputs), ParameterRole.Weight, inputs, output));
        parameters.Add(new(new($"{module}.bias", heads, 1, outputs), ParameterRole.Bias, inputs, output));
    }
}
