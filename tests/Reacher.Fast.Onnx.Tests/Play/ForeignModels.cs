using Google.Protobuf;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Export;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Onnx.Tests.Play;

/// <summary>Models as others export them: one of ours, and what is done to it.</summary>
internal static class ForeignModels
{
    public static readonly PolicySpec Spec = new(PolicyKind.SquashedGaussian, 33, 4, [16, 8], normalizeObservations: true)
    {
        Observations = new ObservationLayout([[2], [4, 7], [3]]),
    };

    public static readonly float[] Weights = Policies.RandomBlock(Spec, 1);

    /// <summary>A model of three sensors, changed by <paramref name="change"/>, as a file in <paramref name="folder"/>.</summary>
    public static string Write(TemporaryFolder folder, Action<GraphProto>? change = null) => Write(folder, Spec, Weights, change);

    /// <summary>A model of one vector of observations.</summary>
    public static string WriteVector(TemporaryFolder folder, Action<GraphProto>? change = null) =>
        Write(folder, Spec with { Observations = ObservationLayout.OfVector(Spec.ObservationSize) }, Weights, change);

    public static string Write(TemporaryFolder folder, PolicySpec spec, float[] weights, Action<GraphProto>? change = null)
    {
        ModelProto model = OnnxExport.Build(spec, weights);
        change?.Invoke(model.Graph);
        string path = folder["policy.onnx"];
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    /// <summary>Another name for an input or an output, wherever it is read or written.</summary>
    public static void Rename(GraphProto graph, string from, string to)
    {
        foreach (NodeProto node in graph.Node)
        {
            Replace(node.Input);
            Replace(node.Output);
        }

        foreach (ValueInfoProto declared in graph.Input.Concat(graph.Output).Where(declared => declared.Name == from))
        {
            declared.Name = to;
        }

        void Replace(IList<string> names)
        {
            for (int i = 0; i < names.Count; i++)
            {
                names[i] = names[i] == from ? to : names[i];
            }
        }
    }

    /// <summary>The declared sizes of an input or an output.</summary>
    public static TensorShapeProto ShapeOf(GraphProto graph, string name) =>
        graph.Input.Concat(graph.Output).Single(declared => declared.Name == name).Type.TensorType.Shape;

    /// <summary>An input that the actions depend on: it is added to them.</summary>
    public static void AddInput(GraphProto graph, string name)
    {
        ValueInfoProto declared = graph.Output.Single(output => output.Name == "deterministic_continuous_actions").Clone();
        declared.Name = name;
        graph.Input.Add(declared);
        NodeProto squash = graph.Node.Single(node => node.Output.Contains("deterministic_continuous_actions"));
        string mean = squash.Input[0];
        squash.Input[0] = "mean_and_more";
        graph.Node.Insert(graph.Node.IndexOf(squash), new NodeProto { OpType = "Add", Input = { mean, name }, Output = { "mean_and_more" } });
    }

    /// <summary>Takes an output away.</summary>
    public static void RemoveOutput(GraphProto graph, string name) => graph.Output.Remove(graph.Output.Single(output => output.Name == name));
}
