using Google.Protobuf;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Onnx.Messages;

namespace Reacher.Fast.Onnx;

/// <summary>
/// The part of an ML-Agents model that makes the continuous actions: one output and all that it follows from. The rest is cut away before ONNX
/// Runtime sees the model, which takes no model that declares outputs that nothing computes. Published ones do: PyTorch's exporter keeps one of
/// several equal constants (<c>memory_size</c> and others are often all 0) and leaves the outputs of the rest without a writer.
/// </summary>
/// <param name="Bytes">The model that is left.</param>
/// <param name="Output">The name of its one output.</param>
/// <param name="Inputs">The names of its inputs, which are the sensors in their order.</param>
internal sealed record PolicyGraph(byte[] Bytes, string Output, IReadOnlyList<string> Inputs)
{
    private const string Sensor = "obs_";

    // What models of ML-Agents 1.x call all vector sensors together.
    private const string VectorSensors = "vector_observation";

    // The actions without noise if the model has them (ML-Agents from release 20 on), else those that it draws.
    private static readonly string[] ContinuousActions = ["deterministic_continuous_actions", "continuous_actions"];

    private static readonly string[] DiscreteActions = ["deterministic_discrete_actions", "discrete_actions"];

    /// <summary>Finds the part in a model.</summary>
    /// <param name="model">The bytes of the model's file.</param>
    /// <exception cref="FormatException">It cannot be played; the message says why, as the rest of a sentence.</exception>
    public static PolicyGraph Find(byte[] model)
    {
        ModelProto parsed = Parse(model);
        GraphProto graph = parsed.Graph ?? throw new FormatException("it holds no graph");
        var writers = new Dictionary<string, NodeProto>(StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            foreach (string value in node.Output)
            {
                writers[value] = node;
            }
        }

        string? Computed(string[] names) =>
            names.FirstOrDefault(name => writers.ContainsKey(name) && graph.Output.Any(declared => declared.Name == name));

        if (Computed(DiscreteActions) is string discrete)
        {
            throw new FormatException($"its actions are discrete (it has the output '{discrete}')");
        }

        string output = Computed(ContinuousActions)
            ?? throw new FormatException($"it has no output '{string.Join("' or '", ContinuousActions)}', so it is no ML-Agents policy");
        HashSet<string> needed = Needed(output, writers);
        HashSet<string> stored = [.. graph.Initializer.Select(tensor => tensor.Name)];
        // A sensor that the policy takes no notice of is still one of the observation's parts.
        Keep(graph.Input, declared => needed.Contains(declared.Name) || IsSensor(declared.Name));
        string[] sensors = InOrder([.. graph.Input.Select(input => input.Name).Where(name => !stored.Contains(name))]);
        // Its sizes are left to ONNX Runtime to infer: many models declare [1, A] and compute [N, A].
        graph.Output.Clear();
        graph.Output.Add(new ValueInfoProto { Name = output });
        Keep(graph.Node, node => node.Output.Any(needed.Contains));
        return new PolicyGraph(parsed.ToByteArray(), output, sensors);
    }

    private static ModelProto Parse(byte[] model)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(model);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new FormatException("it is not an ONNX model", error);
        }
    }

    // The values that an output follows from, itself among them.
    private static HashSet<string> Needed(string output, Dictionary<string, NodeProto> writers)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal) { output };
        var open = new Stack<string>(needed);
        while (open.TryPop(out string? value))
        {
            if (writers.TryGetValue(value, out NodeProto? writer))
            {
                foreach (string read in ReadBy(writer).Where(needed.Add))
                {
                    open.Push(read);
                }
            }
        }

        return needed;
    }

    private static IEnumerable<string> ReadBy(NodeProto node)
    {
        IEnumerable<GraphProto> inner = node.Attribute.SelectMany(attribute =>
            attribute.G is { } graph ? attribute.Graphs.Append(graph) : attribute.Graphs.AsEnumerable());
        return node.Input.Concat(inner.SelectMany(graph => graph.Output.Select(output => output.Name).Concat(graph.Node.SelectMany(ReadBy))));
    }

    private static string[] InOrder(List<string> inputs)
    {
        foreach (string input in inputs.Where(input => !IsSensor(input) && input != VectorSensors))
        {
            throw new FormatException(input switch
            {
                "recurrent_in" => "it is recurrent (it has the input 'recurrent_in')",
                "action_masks" => "its actions are discrete (it has the input 'action_masks')",
                _ when input.StartsWith("visual_observation_", StringComparison.Ordinal) => $"it sees pictures (it has the input '{input}')",
                _ => $"it has an input {QuotedName.Of(input)}, which no sensor gives",
            });
        }

        if (inputs.Contains(VectorSensors))
        {
            return inputs.Count == 1
                ? [VectorSensors]
                : throw new FormatException($"it has other sensors beside '{VectorSensors}', so their order is not known");
        }

        string[] expected = [.. Enumerable.Range(0, inputs.Count).Select(index => FormattableString.Invariant($"{Sensor}{index}"))];
        string? missing = Array.Find(expected, name => !inputs.Contains(name));
        return inputs.Count == 0 ? throw new FormatException("its actions do not depend on any observation")
            : missing is not null ? throw new FormatException($"it has {inputs.Count} sensors, and no input '{missing}' among them")
            : expected;
    }

    private static bool IsSensor(string input) =>
        input.StartsWith(Sensor, StringComparison.Ordinal) && input.Length > Sensor.Length &&
        !input.AsSpan(Sensor.Length).ContainsAnyExceptInRange('0', '9');

    private static void Keep<T>(IList<T> values, Func<T, bool> isKept)
    {
        for (int i = values.Count - 1; i >= 0; i--)
        {
            if (!isKept(values[i]))
            {
                values.RemoveAt(i);
            }
        }
    }
}
