using Google.Protobuf;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Training.Export;

/// <summary>
/// A policy as an ONNX model that Unity's ML-Agents loads (inputs and outputs as <c>model_serialization.py</c> and
/// <c>SentisModelParamLoader.cs</c> of release 21 have them): <c>obs_0</c>, <c>obs_1</c>, ... [batch, a sensor's shape] in;
/// <c>continuous_actions</c> (sampled within the graph) and <c>deterministic_continuous_actions</c>, both [batch, A] in [-1, 1],
/// out, with the constants <c>version_number</c>, <c>memory_size</c> and <c>continuous_action_output_shape</c>. Observations are
/// raw: the normaliser is part of the graph. Only operators of opset 9 are used.
/// </summary>
internal static class OnnxExport
{
    // Opset 9 came with ONNX 1.4, whose files are of version 4; from it on initializers need not be inputs.
    private const long IrVersion = 4;
    private const long Opset = 9;

    // MLAgents2_0, the model format that knows continuous and deterministic actions by name.
    private const float ModelVersion = 3;

    /// <summary>Writes the model to <paramref name="path"/>.</summary>
    /// <param name="spec">The policy's shape.</param>
    /// <param name="weights">Its weights, laid out as <paramref name="spec"/> says.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="InputException">The folder is missing or cannot be written; a file that was there is as it was.</exception>
    public static void Write(PolicySpec spec, ReadOnlySpan<float> weights, string path)
    {
        ModelProto model = Build(spec, weights);
        try
        {
            AtomicFile.Write(path, model.WriteTo);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The model cannot be written to '{path}': {error.Message.TrimEnd('.')}; choose another place.", error);
        }
    }

    /// <summary>Builds the model that <see cref="Write"/> writes.</summary>
    /// <exception cref="ArgumentException">The block's length is not that of <paramref name="spec"/>.</exception>
    public static ModelProto Build(PolicySpec spec, ReadOnlySpan<float> weights)
    {
        if (weights.Length != spec.BlockLength)
        {
            throw new ArgumentException($"The policy's block has {weights.Length} floats where {spec.BlockLength} are needed.", nameof(weights));
        }

        if (spec.Architecture is { } own)
        {
            throw new InputException(
                $"The policy is a network of the program's own, {own.Name}, and ONNX export covers this project's alone (linear layers with ReLU " +
                "between); play it in a program that has the class, or export it as safetensors.");
        }

        var graph = new OnnxGraph("policy");
        string x = Observe(graph, spec.Observations);
        int at = 0;
        if (spec.NormalizeObservations)
        {
            x = Normalize(graph, x, weights[..spec.ObservationSize], weights.Slice(spec.ObservationSize, spec.ObservationSize));
            at = 2 * spec.ObservationSize;
        }

        for (int layer = 0; layer < spec.LayerCount - 1; layer++)
        {
            string linear = Linear(graph, x, $"actor.{2 * layer}", weights[at..], spec.Inputs(layer), spec.Outputs(layer), 0, spec.Outputs(layer));
            x = graph.Node("Relu", $"hidden_{layer}", [linear]);
            at += (spec.Inputs(layer) + 1) * spec.Outputs(layer);
        }

        graph.Constant("version_number", ModelVersion);
        graph.Constant("memory_size", 0);
        graph.Constant("continuous_action_output_shape", spec.ActionSize);
        Act(graph, spec, x, weights[at..]);
        graph.Output("version_number", 1);
        graph.Output("memory_size", 1);
        graph.Output("continuous_actions", -1, spec.ActionSize);
        graph.Output("continuous_action_output_shape", 1);
        graph.Output("deterministic_continuous_actions", -1, spec.ActionSize);
        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "reacher-fast",
            ProducerVersion = typeof(OnnxExport).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
            Graph = graph.Graph,
            OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = Opset } },
        };
    }

    // An input for each sensor, of its own shape, because Unity looks for that; the policy sees all their numbers in a row.
    private static string Observe(OnnxGraph graph, ObservationLayout observations)
    {
        var rows = new List<string>();
        foreach (IReadOnlyList<int> shape in observations.Shapes)
        {
            string sensor = FormattableString.Invariant($"obs_{rows.Count}");
            graph.Input(sensor, [-1, .. shape.Select(length => (long)length)]);
            rows.Add(shape.Count == 1 ? sensor : graph.Node("Flatten", sensor + ".row", [sensor], ("axis", 1L)));
        }

        return rows.Count == 1 ? rows[0] : graph.Node("Concat", "observation", rows, ("axis", 1L));
    }

    private static string Normalize(OnnxGraph graph, string x, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale)
    {
        string centred = graph.Node("Sub", "centred", [x, graph.Initializer("normalizer.mean", mean, mean.Length)]);
        string scaled = graph.Node("Mul", "scaled", [centred, graph.Initializer("normalizer.scale", scale, scale.Length)]);
        return graph.Node("Clip", "normalized", [scaled], ("min", -PolicySpec.NormalizationLimit), ("max", PolicySpec.NormalizationLimit));
    }

    private static void Act(OnnxGraph graph, PolicySpec spec, string x, ReadOnlySpan<float> weights)
    {
        (int inputs, int outputs, int actions) = (spec.Inputs(spec.LayerCount - 1), spec.OutputSize, spec.ActionSize);
        string mean = Linear(graph, x, "actor.mean", weights, inputs, outputs, 0, actions);
        graph.Node("Tanh", "deterministic_continuous_actions", [mean]);
        if (spec.Kind == PolicyKind.Deterministic)
        {
            graph.Node("Identity", "continuous_actions", ["deterministic_continuous_actions"]);
            return;
        }

        // log sigma = min + (max - min) / 2 * (tanh(raw) + 1), as a factor and a summand.
        const float Half = (IPolicyKernels.LogStandardDeviationMax - IPolicyKernels.LogStandardDeviationMin) / 2;
        const float Middle = IPolicyKernels.LogStandardDeviationMin + Half;
        string raw = Linear(graph, x, "actor.log_sigma", weights, inputs, outputs, actions, actions);
        string bounded = graph.Node("Tanh", "bounded_log_sigma", [raw]);
        string spread = graph.Node("Mul", "spread_log_sigma", [bounded, graph.Initializer("log_sigma_factor", [Half], 1)]);
        string logSigma = graph.Node("Add", "log_sigma", [spread, graph.Initializer("log_sigma_summand", [Middle], 1)]);
        string sigma = graph.Node("Exp", "sigma", [logSigma]);
        string noise = graph.Node("RandomNormalLike", "noise", [mean], ("mean", 0f), ("scale", 1f));
        string deviation = graph.Node("Mul", "deviation", [sigma, noise]);
        string sample = graph.Node("Add", "sample", [mean, deviation]);
        graph.Node("Tanh", "continuous_actions", [sample]);
    }

    // Outputs first .. first + count of the layer at the start of the block. Weights are [out, in], as PyTorch exports them.
    private static string Linear(
        OnnxGraph graph, string x, string name, ReadOnlySpan<float> weights, int inputs, int outputs, int first, int count)
    {
        float[] weight = new float[inputs * count];
        for (int input = 0; input < inputs; input++)
        {
            for (int output = 0; output < count; output++)
            {
                weight[(output * inputs) + input] = weights[(input * outputs) + first + output];
            }
        }

        string w = graph.Initializer(name + ".weight", weight, count, inputs);
        string b = graph.Initializer(name + ".bias", weights.Slice((inputs * outputs) + first, count), count);
        return graph.Node("Gemm", name + ".linear", [x, w, b], ("alpha", 1f), ("beta", 1f), ("transB", 1L));
    }
}
