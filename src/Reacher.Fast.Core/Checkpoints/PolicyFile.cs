using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Checkpoints;

/// <summary>
/// A policy alone as a safetensors file, and a policy out of any file that holds one: such a file, or a whole checkpoint.
/// Tensors are named <c>actor.0.weight</c> [out, in], <c>actor.0.bias</c>, <c>actor.2.weight</c>, ... as
/// torch.nn.Sequential(Linear, ReLU, Linear, ...) numbers them, and <c>normalizer.mean</c> and <c>normalizer.scale</c>:
/// y = clamp((x - mean) * scale, +-limit). A file that holds a Python user's own actor of this shape is read as well.
/// </summary>
public static class PolicyFile
{
    /// <summary>The metadata key of the policy's kind, <see cref="Gaussian"/> or <see cref="Deterministic"/>.</summary>
    public const string KindKey = "policy.kind";

    /// <summary>The kind whose last layer has means, then raw log sigmas.</summary>
    public const string Gaussian = "squashed_gaussian";

    /// <summary>The kind whose last layer is followed by tanh.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>
    /// Metadata of a checkpoint: whose weights its policy is published with, <c>actor</c> (also where it is missing) or
    /// <c>target_actor</c>.
    /// </summary>
    public const string PublishedKey = "policy.published";

    /// <summary>
    /// Metadata: the sensors of the observation (<see cref="ObservationLayout"/>), where it is more than one vector.
    /// </summary>
    public const string SensorsKey = "policy.sensors";

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

    /// <summary>The policy as a state: tensors as the file has them, and what is needed to use them as metadata.</summary>
    /// <exception cref="ArgumentException">The block's length is not that of <paramref name="spec"/>.</exception>
    public static StateDictionary ToState(PolicySpec spec, ReadOnlySpan<float> block)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (block.Length != spec.BlockLength)
        {
            throw new ArgumentException($"The policy's block has {block.Length} floats where {spec.BlockLength} are needed.", nameof(block));
        }

        var state = new StateDictionary();
        state.Metadata["format"] = "pt";
        state.Metadata[KindKey] = spec.Kind == PolicyKind.SquashedGaussian ? Gaussian : Deterministic;
        state.Metadata["policy.activation"] = "relu";
        DescribeSensors(spec, state);
        int at = 0;
        if (spec.NormalizeObservations)
        {
            state.Metadata["normalizer.limit"] = PolicySpec.NormalizationLimit.ToString(System.Globalization.CultureInfo.InvariantCulture);
            state.Add(Mean, block[..spec.ObservationSize], spec.ObservationSize);
            state.Add(Scale, block.Slice(spec.ObservationSize, spec.ObservationSize), spec.ObservationSize);
            at = 2 * spec.ObservationSize;
        }

        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            (int inputs, int outputs) = (spec.Inputs(layer), spec.Outputs(layer));
            state.Add(Name(layer, "weight"), Transposed(block.Slice(at, inputs * outputs), inputs, outputs), outputs, inputs);
            at += inputs * outputs;
            state.Add(Name(layer, "bias"), block.Slice(at, outputs), outputs);
            at += outputs;
        }

        return state;
    }

    /// <summary>Says in the metadata of <paramref name="state"/> what sensors the policy observes with.</summary>
    public static void DescribeSensors(PolicySpec spec, StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(state);
        if (!spec.Observations.IsVector)
        {
            state.Metadata[SensorsKey] = spec.Observations.ToString();
        }
    }

    /// <summary>Writes the policy to <paramref name="path"/>.</summary>
    /// <exception cref="InputException">The folder is missing or cannot be written; a file that was there is as it was.</exception>
    public static void Write(PolicySpec spec, ReadOnlySpan<float> block, string path)
    {
        StateDictionary state = ToState(spec, block);
        try
        {
            Safetensors.Write(state, path);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The policy cannot be written to '{path}': {error.Message.TrimEnd('.')}; choose another place.", error);
        }
    }

    /// <summary>Reads the policy out of the file <paramref name="path"/>.</summary>
    /// <param name="path">A policy's file or a checkpoint.</param>
    /// <param name="block">Its weights, laid out as <see cref="PolicySpec"/> says.</param>
    /// <exception cref="InputException">It cannot be read or holds no policy.</exception>
    public static PolicySpec Read(string path, out float[] block) => FromState(Safetensors.Read(path), path, out block);

    /// <summary>Takes the policy out of a state.</summary>
    /// <param name="state">A policy's or a checkpoint's.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="block">The weights, laid out as <see cref="PolicySpec"/> says.</param>
    /// <exception cref="InputException">It holds no policy.</exception>
    public static PolicySpec FromState(StateDictionary state, string name, out float[] block)
    {
        ArgumentNullException.ThrowIfNull(state);
        PolicySpec spec = FindSpec(state, name);
        RefuseUnknown(state, spec, name);
        try
        {
            block = ReadBlock(state, spec);
        }
        catch (InputException error)
        {
            throw new InputException($"'{name}' holds no whole policy: {error.Message}", error);
        }

        foreach (float value in block)
        {
            if (!float.IsFinite(value))
            {
                throw new InputException($"The policy in '{name}' has a weight that is {value}; use an earlier checkpoint.");
            }
        }

        return spec;
    }

    private static float[] ReadBlock(StateDictionary state, PolicySpec spec)
    {
        float[] block = new float[spec.BlockLength];
        int at = 0;
        if (spec.NormalizeObservations)
        {
            CopyNormalizer(state, spec.ObservationSize, block);
            at = 2 * spec.ObservationSize;
        }

        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            (int inputs, int outputs) = (spec.Inputs(layer), spec.Outputs(layer));
            ReadOnlySpan<float> weight = state.GetFloats(Published(state, layer, "weight"), outputs, inputs);
            Transposed(weight, outputs, inputs).CopyTo(block, at);
            at += inputs * outputs;
            state.GetFloats(Published(state, layer, "bias"), outputs).CopyTo(block.AsSpan(at));
            at += outputs;
        }

        return block;
    }

    // A layer that is not understood would be a policy that acts otherwise than it was trained to.
    private static void RefuseUnknown(StateDictionary state, PolicySpec spec, string name)
    {
        var own = new HashSet<string>(StringComparer.Ordinal) { Mean, Scale, Squares, Count };
        for (int layer = 0; layer < spec.LayerCount; layer++)
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

    private static PolicySpec FindSpec(StateDictionary state, string name)
    {
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
    private static string Published(StateDictionary state, int layer, string part) =>
        state.Metadata.TryGetValue(PublishedKey, out string? published) && published == "target_actor"
            ? "target_" + Name(layer, part)
            : Name(layer, part);

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
