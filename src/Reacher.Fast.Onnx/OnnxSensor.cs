using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reacher.Fast.Onnx;

/// <summary>One of the sensors that a model observes with, which is one of its inputs.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Shape">Its sizes for one agent: [n] for a vector, [rows, columns] for a list of entities.</param>
public sealed record OnnxSensor(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>The numbers in one agent's observation by this sensor.</summary>
    public int Size => Shape.Aggregate(1, (size, length) => checked(size * length));

    /// <summary>The sensor of an input.</summary>
    /// <exception cref="FormatException">No vector sensor gives such an input; the message says why, as the rest of a sentence.</exception>
    internal static OnnxSensor Of(string name, NodeMetadata declared)
    {
        // The first size is the number of agents.
        const int Picture = 4;
        int[] sizes = declared.Dimensions;
        return declared.ElementDataType != TensorElementType.Float ? throw new FormatException($"its input '{name}' does not take float32 numbers")
            : sizes.Length >= Picture ? throw new FormatException($"it sees pictures (its input '{name}' has {sizes.Length - 1} dimensions)")
            : sizes.Length < 2 || sizes.Skip(1).Any(size => size < 1) ? throw new FormatException($"it does not say how large its input '{name}' is")
            : new OnnxSensor(name, sizes[1..]);
    }
}
