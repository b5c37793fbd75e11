using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Networks;

/// <summary>
/// The policy's network for a fixed batch size: linear layers with ReLU between, and after the last one tanh if the policy is
/// deterministic. It holds activations, not parameters: the same network runs with the policy's and with the target policy's.
/// </summary>
internal sealed class PolicyNetwork
{
    private readonly IKernelDevice device;
    private readonly PolicySpec spec;
    private readonly Tensor[] hidden;
    private readonly Tensor[] hiddenGradients;

    /// <summary>Activations for <paramref name="batch"/> observations; those of the backward pass only when <paramref name="trained"/>.</summary>
    public PolicyNetwork(IKernelDevice device, PolicySpec spec, int batch, bool trained)
    {
        this.device = device;
        this.spec = spec;
        Parameters = NetworkParameters.ForPolicy(spec);
        hidden = new Tensor[spec.HiddenSizes.Length];
        hiddenGradients = new Tensor[trained ? hidden.Length : 0];
        var shapes = new List<TensorShape> { new("output", 1, batch, spec.OutputSize), new("output_gradient", 1, batch, spec.OutputSize) };
        for (int layer = 0; layer < hidden.Length; layer++)
        {
            shapes.Add(new($"hidden{layer}", 1, batch, spec.Outputs(layer)));
        }

        for (int layer = 0; layer < hiddenGradients.Length; layer++)
        {
            shapes.Add(new($"hidden{layer}_gradient", 1, batch, spec.Outputs(layer)));
        }

        TensorBlock activations = device.Allocate("policy_activations", [.. shapes]);
        Output = activations[0];
        OutputGradient = activations[1];
        for (int layer = 0; layer < hidden.Length; layer++)
        {
            hidden[layer] = activations[2 + layer];
        }

        for (int layer = 0; layer < hiddenGradients.Length; layer++)
        {
            hiddenGradients[layer] = activations[2 + hidden.Length + layer];
        }
    }

    /// <summary>Shapes and roles of its parameters.</summary>
    public Parameter[] Parameters { get; }

    /// <summary>[1, B, outputs], written by <see cref="Forward"/>.</summary>
    public Tensor Output { get; }

    /// <summary>[1, B, outputs], what <see cref="Backward"/> starts from: the gradient before the last layer's tanh, if it has one.</summary>
    public Tensor OutputGradient { get; }

    /// <summary>The outputs for observations [1, B, O].</summary>
    public Tensor Forward(TensorBlock parameters, Tensor observations)
    {
        Tensor x = observations;
        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            bool last = layer == hidden.Length;
            Tensor y = last ? Output : hidden[layer];
            Activation activation = !last ? Activation.ReLU
                : spec.Kind == PolicyKind.Deterministic ? Activation.Tanh : Activation.None;
            device.Linear(x, parameters[2 * layer], parameters[(2 * layer) + 1], y, activation);
            x = y;
        }

        return Output;
    }

    /// <summary>Gradients of all parameters, from <see cref="OutputGradient"/> and the activations of the last <see cref="Forward"/>.</summary>
    public void Backward(TensorBlock parameters, Tensor observations, TensorBlock gradients)
    {
        Tensor dy = OutputGradient;
        for (int layer = hidden.Length; layer >= 0; layer--)
        {
            Tensor x = layer == 0 ? observations : hidden[layer - 1];
            device.LinearBackwardWeights(x, dy, gradients[2 * layer], gradients[(2 * layer) + 1]);
            if (layer > 0)
            {
                device.LinearBackwardInput(dy, parameters[2 * layer], hiddenGradients[layer - 1], gate: x);
                dy = hiddenGradients[layer - 1];
            }
        }
    }
}
