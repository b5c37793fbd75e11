using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Onnx.Tests.Export;

/// <summary>A model as Microsoft's ONNX Runtime reads and runs it, which shares no code with the exporter.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
    private readonly InferenceSession session;

    /// <summary>Loads the model: every operator's types and shapes are checked by its definition, and against what the model declares.</summary>
    public OnnxRun(ModelProto model) => session = new InferenceSession(model.ToByteArray(), options);

    /// <summary>The inputs with their declared sizes.</summary>
    public IEnumerable<string> Inputs => session.InputMetadata.Select(Describe);

    /// <summary>The outputs with their declared sizes.</summary>
    public IEnumerable<string> Outputs => session.OutputMetadata.Select(Describe);

    /// <summary>Runs the model and gives the values of each of its outputs.</summary>
    /// <param name="inputs">Name, values, and sizes without the batch, whose size follows from them.</param>
    public Dictionary<string, float[]> Evaluate(params (string Name, float[] Values, int[] Sizes)[] inputs)
    {
        var feeds = new Dictionary<string, OrtValue>();
        foreach ((string name, float[] values, int[] sizes) in inputs)
        {
            long rows = values.Length / sizes.Aggregate((product, size) => product * size);
            feeds.Add(name, OrtValue.CreateTensorValueFromMemory(values, [rows, .. sizes.Select(size => (long)size)]));
        }

        try
        {
            using var runOptions = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(runOptions, feeds, session.OutputNames);
            return session.OutputNames.Zip(results).ToDictionary(
                output => output.First, output => output.Second.GetTensorDataAsSpan<float>().ToArray());
        }
        finally
        {
            foreach (OrtValue feed in feeds.Values)
            {
                feed.Dispose();
            }
        }
    }

    public void Dispose()
    {
        session.Dispose();
        options.Dispose();
    }

    private static string Describe(KeyValuePair<string, NodeMetadata> value) =>
        $"{value.Key} [{string.Join(", ", value.Value.Dimensions.Zip(value.Value.SymbolicDimensions, (size, name) => size < 0 ? name : $"{size}"))}]";
}
