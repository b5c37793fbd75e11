using System.Runtime.InteropServices;
using Google.Protobuf;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Onnx.Tests.Export;

/// <summary>Mistakes that an exporter can make, planted into a model of a squashed Gaussian with a normaliser.</summary>
internal static class PlantedMistakes
{
    public static IEnumerable<TestCaseData> All =>
    [
        Mistake("swapped outputs", graph => (Writer(graph, Deterministic).Output[0], Writer(graph, Sampled).Output[0]) = (Sampled, Deterministic)),
        Mistake("deterministic output sampled", graph =>
        {
            NodeProto squash = Writer(graph, Deterministic);
            squash.Input[0] = "sample";
            graph.Node.Remove(squash);
            graph.Node.Add(squash);
        }),
        Mistake("sampled output not sampled", graph => Writer(graph, Sampled).Input[0] = Writer(graph, Deterministic).Input[0]),
        Mistake("missing normaliser", graph => Writer(graph, "actor.0.linear").Input[0] = "obs_0"),
        Mistake("normaliser not clipped", graph => Writer(graph, "actor.0.linear").Input[0] = "scaled"),
        Mistake("normaliser clipped at another's 5", graph =>
        {
            foreach (AttributeProto limit in Writer(graph, "normalized").Attribute)
            {
                limit.F /= 2;
            }
        }),
        Mistake("transposed matrix", graph => Transpose(Tensor(graph, "actor.2.weight"))),
        Mistake("mean and log sigma exchanged", graph =>
        {
            TensorProto mean = Tensor(graph, "actor.mean.weight"), logSigma = Tensor(graph, "actor.log_sigma.weight");
            (mean.RawData, logSigma.RawData) = (logSigma.RawData, mean.RawData);
        }),
        Mistake("another's bounds of log sigma", graph => Tensor(graph, "log_sigma_summand").RawData = Bytes(-9)),
        Mistake("a layer without its activation", graph => Writer(graph, "actor.2.linear").Input[0] = "actor.0.linear"),
        Mistake("a layer without its bias", graph => Tensor(graph, "actor.0.bias").RawData = Bytes(new float[64])),
        Mistake("another model version", graph => Writer(graph, "version_number").Attribute[0].T.RawData = Bytes(2)),
        Mistake("another action size", graph => Writer(graph, "continuous_action_output_shape").Attribute[0].T.RawData = Bytes(8)),
    ];

    private const string Deterministic = "deterministic_continuous_actions";
    private const string Sampled = "continuous_actions";

    private static TestCaseData Mistake(string name, Action<GraphProto> plant) => new TestCaseData(plant).SetArgDisplayNames(name);

    private static NodeProto Writer(GraphProto graph, string output) => graph.Node.Single(node => node.Output.Contains(output));

    private static TensorProto Tensor(GraphProto graph, string name) => graph.Initializer.Single(tensor => tensor.Name == name);

    private static ByteString Bytes(params float[] values) => ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values));

    // The numbers in the other order, under the same shape: what a layout mixed up looks like.
    private static void Transpose(TensorProto tensor)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
        (int rows, int columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1]);
        float[] transposed = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            transposed[(i % columns * rows) + (i / columns)] = values[i];
        }

        tensor.RawData = Bytes(transposed);
    }
}
