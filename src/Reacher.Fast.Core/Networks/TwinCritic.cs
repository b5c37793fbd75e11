using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Networks;

/// <summary>
/// Two independent critics Q(s, a), every op for both in one call: linear layers, each followed by layer normalisation if
/// wanted and ReLU, and a value head. It holds activations, not parameters: the same network runs with the critics' and with
/// their targets'.
/// </summary>
internal sealed class TwinCritic
{
    private readonly IKernelDevice device;
    private readonly int observationSize;
    private readonly bool layerNorm;
    private readonly Tensor input;
    private readonly Layer[] layers;

    /// <summary>Activations for <paramref name="batch"/> pairs of observation and action.</summary>
    public TwinCritic(
        IKernelDevice device, int observationSize, int actionSize, ReadOnlySpan<int> hiddenSizes, bool layerNorm, int batch)
    {
        this.device = device;
        this.observationSize = observationSize;
        this.layerNorm = layerNorm;
        Parameters = NetworkParameters.ForTwinCritic(observationSize + actionSize, hiddenSizes, layerNorm);
        TensorBlock ends = device.Allocate(
            "critic_ends", new("input", 1, batch, observationSize + actionSize), new("q", 2, 1, batch), new("q_gradient", 2, 1, batch));
        (input, Q, QGradient) = (ends[0], ends[1], ends[2]);
        layers = new Layer[hiddenSizes.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            TensorShape features = new("y", 2, batch, hiddenSizes[i]), none = new("unused", 1, 1, 1);
            layers[i] = new Layer(device.Allocate(
                $"critic_hidden{i}",
                features,
                features with { Name = "gradient" },
                layerNorm ? features with { Name = "linear" } : none,
                layerNorm ? features with { Name = "normalized" } : none,
                layerNorm ? new TensorShape("reciprocal_deviation", 2, 1, batch) : none));
        }
    }

    /// <summary>Shapes and roles of its parameters.</summary>
    public Parameter[] Parameters { get; }

    /// <summary>[2, 1, B], written by <see cref="Forward"/>.</summary>
    public Tensor Q { get; }

    /// <summary>[2, 1, B], what both backward passes start from.</summary>
    public Tensor QGradient { get; }

    /// <summary>Parameters of one hidden layer: weight and bias, then gain and shift.</summary>
    private int Stride => layerNorm ? 4 : 2;

    /// <summary>Q(s, a) of both critics for observations [1, B, O] and actions [1, B, A].</summary>
    public Tensor Forward(TensorBlock parameters, Tensor observations, Tensor actions)
    {
        device.Concatenate(observations, actions, input);
        Tensor x = input;
        for (int i = 0; i < layers.Length; i++)
        {
            (Layer layer, int at) = (layers[i], i * Stride);
            if (layerNorm)
            {
                device.Linear(x, parameters[at], parameters[at + 1], layer.Linear, Activation.None);
                device.LayerNorm(
                    layer.Linear, parameters[at + 2], parameters[at + 3], layer.Normalized, layer.ReciprocalDeviation, layer.Y, Activation.ReLU);
            }
            else
            {
                device.Linear(x, parameters[at], parameters[at + 1], layer.Y, Activation.ReLU);
            }

            x = layer.Y;
        }

        device.ValueHead(x, parameters[layers.Length * Stride], parameters[(layers.Length * Stride) + 1], Q);
        return Q;
    }

    /// <summary>Gradients of all parameters, from <see cref="QGradient"/> and the activations of the last <see cref="Forward"/>.</summary>
    public void BackwardParameters(TensorBlock parameters, TensorBlock gradients) => Backward(parameters, gradients, null);

    /// <summary>
    /// The gradient with respect to the actions [1, B, A], summed over both critics, from <see cref="QGradient"/>; no parameter's.
    /// </summary>
    public void BackwardActions(TensorBlock parameters, Tensor actionGradient) => Backward(parameters, null, actionGradient);

    private void Backward(TensorBlock parameters, TensorBlock? gradients, Tensor? actionGradient)
    {
        int head = layers.Length * Stride;
        Layer last = layers[^1];
        device.ValueHeadBackward(QGradient, last.Y, parameters[head], last.Gradient, gate: last.Y, gradients?[head], gradients?[head + 1]);
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            (Layer layer, int at) = (layers[i], i * Stride);
            if (layerNorm)
            {
                device.LayerNormBackward(
                    layer.Gradient, parameters[at + 2], layer.Normalized, layer.ReciprocalDeviation, layer.Gradient, gradients?[at + 2],
                    gradients?[at + 3]);
            }

            if (gradients is not null)
            {
                device.LinearBackwardWeights(i == 0 ? input : layers[i - 1].Y, layer.Gradient, gradients[at], gradients[at + 1]);
            }

            if (i > 0)
            {
                device.LinearBackwardInput(layer.Gradient, parameters[at], layers[i - 1].Gradient, gate: layers[i - 1].Y);
            }
            else if (actionGradient is not null)
            {
                device.LinearBackwardInput(layer.Gradient, parameters[at], actionGradient, gate: null, firstInput: observationSize);
            }
        }
    }

    /// <summary>The activations of one hidden layer; the last three only with layer normalisation.</summary>
    private sealed class Layer(TensorBlock block)
    {
        public Tensor Y { get; } = block[0];

        public Tensor Gradient { get; } = block[1];

        public Tensor Linear { get; } = block[2];

        public Tensor Normalized { get; } = block[3];

        public Tensor ReciprocalDeviation { get; } = block[4];
    }
}
