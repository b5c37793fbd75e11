using Reacher.Fast.Core.Devices;
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
public static partial class PolicyFile
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

    /// <summary>Metadata: the name of the network's architecture, where it is a program's own (<see cref="IPolicyArchitecture"/>).</summary>
    public const string NetworkKey = "policy.network";

    private const string ObservationsKey = "policy.observations";
    private const string ActionsKey = "policy.actions";

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
        DescribeSensors(spec, state);
        int at = 0;
        if (spec.NormalizeObservations)
        {
            state.Metadata["normalizer.limit"] = PolicySpec.NormalizationLimit.ToString(System.Globalization.CultureInfo.InvariantCulture);
            state.Add(Mean, block[..spec.ObservationSize], spec.ObservationSize);
            state.Add(Scale, block.Slice(spec.ObservationSize, spec.ObservationSize), spec.ObservationSize);
            at = 2 * spec.ObservationSize;
        }

        if (spec.Architecture is not null)
        {
            DescribeNetwork(spec, state);
            foreach ((string name, IReadOnlyList<long> shape) in spec.Architecture.Parameters(spec))
            {
                int length = PolicySpec.Elements(shape);
                state.Add("actor." + name, block.Slice(at, length), [.. shape]);
                at += length;
            }

            return state;
        }

        state.Metadata["policy.activation"] = "relu";
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

    /// <summary>Says in the metadata of <paramref name="state"/> whose network the policy is, where it is a program's own.</summary>
    public static void DescribeNetwork(PolicySpec spec, StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(state);
        if (spec.Architecture is not null)
        {
            state.Metadata[NetworkKey] = spec.Architecture.Name;
            state.Metadata[ObservationsKey] = spec.ObservationSize.ToString(System.Globalization.CultureInfo.InvariantCulture);
            state.Metadata[ActionsKey] = spec.ActionSize.ToString(System.Globalization.CultureInfo.InvariantCulture);
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

    /// <summary>
    /// Opens the policy in a file, to act on one thread of the processor by <see cref="Policy.Act(ReadOnlySpan{float}, Span{float})"/>. The
    /// caller disposes it.
    /// </summary>
    /// <param name="path">A policy's file or a checkpoint.</param>
    /// <param name="agents">
    /// Observations that are run at once: the number of agents that will act together. Other numbers work too, in pieces of so many.
    /// </param>
    /// <exception cref="InputException">It cannot be read or holds no policy.</exception>
    public static Policy Open(string path, int agents = 1)
    {
        PolicySpec spec = Read(path, out float[] block);
        var policy = Policy.Create(spec, CpuDevices.Create(), agents);
        policy.Load(block);
        return policy;
    }

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
}
