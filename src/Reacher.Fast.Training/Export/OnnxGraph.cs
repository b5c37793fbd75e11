using System.Runtime.InteropServices;
using Google.Protobuf;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Training.Export;

/// <summary>Builds an ONNX graph of float tensors, node by node; every method gives the name of what it adds.</summary>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The graph so far.</summary>
    public GraphProto Graph { get; } = new() { Name = name };

    /// <summary>A float tensor stored in the model.</summary>
    public string Initializer(string tensorName, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        Graph.Initializer.Add(Tensor(tensorName, values, shape));
        return tensorName;
    }

    /// <summary>A node of one output; a number in <paramref name="attributes"/> is an int or a float attribute by its type.</summary>
    public string Node(string operation, string output, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { Name = "node_" + output, OpType = operation, Input = { inputs }, Output = { output } };
        foreach ((string attributeName, object value) in attributes)
        {
            node.Attribute.Add(value switch
            {
                float number => new AttributeProto { Name = attributeName, F = number, Type = AttributeProto.Types.AttributeType.Float },
                long number => new AttributeProto { Name = attributeName, I = number, Type = AttributeProto.Types.AttributeType.Int },
                TensorProto tensor => new AttributeProto { Name = attributeName, T = tensor, Type = AttributeProto.Types.AttributeType.Tensor },
                _ => throw new ArgumentException($"An attribute cannot be a {value.GetType().Name}.", nameof(attributes)),
            });
        }

        Graph.Node.Add(node);
        return output;
    }

    /// <summary>
    /// A constant of one number. A node, not an initializer: Unity looks for a constant of the output's own name.
    /// </summary>
    public string Constant(string output, float value) => Node("Constant", output, [], ("value", Tensor(output + "_value", [value], 1)));

    /// <summary>Declares an input; -1 stands for the batch.</summary>
    public void Input(string inputName, params ReadOnlySpan<long> shape) => Graph.Input.Add(Value(inputName, shape));

    /// <summary>Declares an output; -1 stands for the batch.</summary>
    public void Output(string outputName, params ReadOnlySpan<long> shape) => Graph.Output.Add(Value(outputName, shape));

    private static TensorProto Tensor(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Float,
        Dims = { shape.ToArray() },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
    };

    private static ValueInfoProto Value(string name, ReadOnlySpan<long> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (long size in shape)
        {
            dimensions.Dim.Add(size < 0
                ? new TensorShapeProto.Types.Dimension { DimParam = "batch" }
                : new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dimensions };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
