using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Checkpoints;

/// <content>What the tensors of a file mean.</content>
public static partial class PolicyFile
{
    private const string LearnerKey = "learner.algorithm";
    private const string Mean = "normalizer.mean";
    private const string Scale = "normalizer.scale";
    private const string Squares = "normalizer.squares";
    private const string Count = "normalizer.count";

    // What a checkpoint holds besides.
    private static readonly string[] OfCheckpoint =
        ["target_", "critic1.", "critic2.", "optimizer.", "alpha", "reward_scaling.", "learner.", "noise.", "sampler.", "lockstep."];

    // As the learner's normaliser has it: the variance it adds before the root.
    private const double VarianceFloor = 1e-6;

    private static float[] ReadBlock(StateDictionary state, PolicySpec spec)
    {
        float[] block = new float[spec.BlockLength];
        int at = 0;
        if (spec.NormalizeObservations)
        {
            CopyNormalizer(state, spec.ObservationSize, block);
            at = 2 * spec.ObservationSize;
        }

        foreach ((string name, IReadOnlyList<long> shape) in spec.Architecture?.Parameters(spec) ?? [])
        {
            ReadOnlySpan<float> values = state.GetFloats(Published(state, "actor." + name), [.. shape]);
            values.CopyTo(block.AsSpan(at));
            at += values.Length;
        }

        for (int layer = 0; spec.Architecture is null && layer < spec.LayerCount; layer++)
        {
            (int inputs, int outputs) = (spec.Inputs(layer), spec.Outputs(layer));
            ReadOnlySpan<float> weight = state.GetFloats(Published(state, Name(layer, "weight")), outputs, inputs);
            Transposed(weight, outputs, inputs).CopyTo(block, at);
            at += inputs * outputs;
            state.GetFloats(Published(state, Name(layer, "bias")), outputs).CopyTo(block.AsSpan(at));
            at += outputs;
        }

        return block;
    }

    // A layer that is not understood would be a policy that acts otherwise than it was trained to.
    private static void RefuseUnknown(StateDictionary state, PolicySpec spec, string name)
    {
        var own = new HashSet<string>(StringComparer.Ordinal) { Mean, Scale, Squares, Count };
        own.UnionWith((spec.Architecture?.Parameters(spec) ?? []).Select(parameter => "actor." + parameter.Name));
        for (int layer = 0; spec.Architecture is null && layer < spec.LayerCount; layer++)
        {
            own.Add(Name(layer, "weight"));
            own.Add(Name(layer, "bias"));
        }

        foreach (StateTensor tensor in state.Tensors)
        {
            if (!own.Contains(tensor.Name) && !OfCheckpoint.Any(prefix => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                throw new InputException(
                    $"'{name}' holds a tensor {QuotedName.Of(tensor.Name)} that is no part of a policy or a checkpoint of this " +
                    "program; name one of those.");
            }
        }
    }

    // The sizes of a network of a program's own, which its tensors do not tell, stand in the metadata.
    private static PolicySpec FindOwn(StateDictionary state, string network, string name)
    {
        IPolicyArchitecture architecture = PolicyArchitectures.Require(network, $"The policy in '{name}'");
        return new PolicySpec(FindKind(state, name), Size(ObservationsKey), Size(ActionsKey), [], state.Contains(Mean))
        {
            Observations = FindSensors(state, Size(ObservationsKey), name),
            Architecture = architecture,
        };

        int Size(string key) =>
            state.Metadata.TryGetValue(key, out string? text) && int.TryParse(text, out int size) && size is > 0 and <= 1 << 20
                ? size
                : throw new InputException($"'{name}' does not say by its metadata '{key}' of what size its policy is; use an earlier checkpoint.");
    }

    private static PolicySpec FindSpec(StateDictionary state, string name)
    {
        if (state.Metadata.TryGetValue(NetworkKey, out string? network))
        {
            return FindOwn(state, network, name);
        }

        var sizes = new List<int>();
        for (int layer = 0; Find(state, Name(layer, "weight")) is { Shape: [long outputs, long inputs] }; layer++)
        {
            if (inputs is < 1 or > 1 << 20 || outputs is < 1 or > 1 << 20)
            {
                throw new InputException($"'{name}' holds a layer '{Name(layer, "weight")}' of {outputs} by {inputs}, which is no policy's.");
            }

            if (layer == 0)
            {
                sizes.Add((int)inputs);
            }

            sizes.Add((int)outputs);
        }

        if (sizes.Count < 2)
        {
            throw new InputException($"'{name}' holds no policy: there is no matrix '{Name(0, "weight")}'; name a checkpoint or an exported actor.");
        }

        PolicyKind kind = FindKind(state, name);
        int outputSize = sizes[^1];
        if (kind == PolicyKind.SquashedGaussian && outputSize % 2 != 0)
        {
            throw new InputException($"'{name}' holds a Gaussian policy with {outputSize} outputs, which cannot be means and deviations.");
        }

        int actions = kind == PolicyKind.SquashedGaussian ? outputSize / 2 : outputSize;
        return new PolicySpec(kind, sizes[0], actions, sizes.ToArray().AsSpan()[1..^1], state.Contains(Mean))
        {
            Observations = FindSensors(state, sizes[0], name),
        };
    }

    private static ObservationLayout FindSensors(StateDictionary state, int size, string name)
    {
        if (!state.Metadata.TryGetValue(SensorsKey, out string? sensors))
        {
            return ObservationLayout.OfVector(size);
        }

        return ObservationLayout.Parse(sensors) is { } layout && layout.Size == size
            ? layout
            : throw new InputException(
                $"'{name}' says by its metadata '{SensorsKey}' that its observations are {QuotedName.Of(sensors)}, which is not {size} numbers.");
    }

    private static PolicyKind FindKind(StateDictionary state, string name)
    {
        state.Metadata.TryGetValue(KindKey, out string? kind);
        state.Metadata.TryGetValue(LearnerKey, out string? learner);
        return (kind, learner) switch
        {
            (Gaussian, _) or (null, "sac") => PolicyKind.SquashedGaussian,
            (Deterministic, _) or (null, "td3") => PolicyKind.Deterministic,
            _ => throw new InputException(
                $"'{name}' does not say of which kind its policy is: its metadata lacks '{KindKey}', {Gaussian} or {Deterministic}."),
        };
    }

    private static void CopyNormalizer(StateDictionary state, int size, Span<float> block)
    {
        if (state.Contains(Scale))
        {
            state.GetFloats(Mean, size).CopyTo(block);
            state.GetFloats(Scale, size).CopyTo(block[size..]);
            return;
        }

        long count = state.GetInt64(Count);
        ReadOnlySpan<double> mean = state.GetDoubles(Mean, size), squares = state.GetDoubles(Squares, size);
        for (int i = 0; i < size; i++)
        {
            block[i] = (float)mean[i];
            block[size + i] = (float)(count == 0 ? 1 : 1 / Math.Sqrt((squares[i] / count) + VarianceFloor));
        }
    }

    private static StateTensor? Find(StateDictionary state, string name) => state.Tensors.FirstOrDefault(tensor => tensor.Name == name);

    // A checkpoint of an averaged policy holds both: the trained one, and the average that is acted with.
    private static string Published(StateDictionary state, string name) =>
        state.Metadata.TryGetValue(PublishedKey, out string? published) && published == "target_actor" ? "target_" + name : name;

    // Linear layers have even numbers; the activations between them the odd ones.
    private static string Name(int layer, string part) => FormattableString.Invariant($"actor.{2 * layer}.{part}");

    private static float[] Transposed(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        float[] transposed = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return transposed;
    }
}
