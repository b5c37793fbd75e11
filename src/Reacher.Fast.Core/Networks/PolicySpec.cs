using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Core.Networks;

/// <summary>What a policy's last layer means.</summary>
public enum PolicyKind
{
    /// <summary>SAC: means and raw log sigmas of a squashed Gaussian, 2A outputs.</summary>
    SquashedGaussian = 0,

    /// <summary>TD3: tanh of A outputs.</summary>
    Deterministic = 1,
}

/// <summary>
/// The shape of a policy, and from it the layout of its flat block: what the weight channel carries and what env and eval
/// act from. The block is, float32: if normalising, mean [O] and scale [O] of the observations, applied as
/// clamp((x - mean) * scale, +-<see cref="NormalizationLimit"/>); then for every layer its weight [in, out] row-major and its
/// bias [out].
/// </summary>
public sealed record PolicySpec
{
    /// <summary>Normalised observations are clamped to +- this, wherever a normaliser's mean and scale are applied.</summary>
    public const float NormalizationLimit = 10;

    private readonly int[] hiddenSizes;
    private readonly ObservationLayout observations;

    /// <summary>The shape of a policy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public PolicySpec(PolicyKind kind, int observationSize, int actionSize, ReadOnlySpan<int> hiddenSizes, bool normalizeObservations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        foreach (int size in hiddenSizes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(hiddenSizes));
        }

        Kind = kind;
        ObservationSize = observationSize;
        ActionSize = actionSize;
        this.hiddenSizes = hiddenSizes.ToArray();
        NormalizeObservations = normalizeObservations;
        observations = ObservationLayout.OfVector(observationSize);
    }

    /// <summary>What the last layer means.</summary>
    public PolicyKind Kind { get; }

    /// <summary>O, the numbers in an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>
    /// The sensors that the O numbers come from, for each of which an exported model has an input; one vector unless said otherwise.
    /// </summary>
    /// <exception cref="ArgumentException">They do not give <see cref="ObservationSize"/> numbers.</exception>
    public ObservationLayout Observations
    {
        get => observations;
        init => observations = value.Size == ObservationSize
            ? value
            : throw new ArgumentException($"Sensors of {value} numbers do not make up an observation of {ObservationSize}.", nameof(value));
    }

    /// <summary>A, the numbers in an action.</summary>
    public int ActionSize { get; }

    /// <summary>Widths of the hidden layers.</summary>
    public ReadOnlySpan<int> HiddenSizes => hiddenSizes;

    /// <summary>Whether the block begins with the observations' mean and scale.</summary>
    public bool NormalizeObservations { get; }

    /// <summary>The network where it is a program's own; null for linear layers of <see cref="HiddenSizes"/>.</summary>
    public IPolicyArchitecture? Architecture { get; init; }

    /// <summary>Outputs of the last layer: 2A or A.</summary>
    public int OutputSize => Kind == PolicyKind.SquashedGaussian ? 2 * ActionSize : ActionSize;

    /// <summary>Linear layers: hidden ones and the last.</summary>
    public int LayerCount => hiddenSizes.Length + 1;

    /// <summary>Floats in the flat block.</summary>
    public int BlockLength
    {
        get
        {
            int length = NormalizeObservations ? 2 * ObservationSize : 0;
            if (Architecture is not null)
            {
                return checked(length + Architecture.Parameters(this).Sum(parameter => Elements(parameter.Shape)));
            }

            for (int layer = 0; layer < LayerCount; layer++)
            {
                length = checked(length + (Inputs(layer) * Outputs(layer)) + Outputs(layer));
            }

            return length;
        }
    }

    /// <summary>Inputs of a layer.</summary>
    public int Inputs(int layer) => layer == 0 ? ObservationSize : hiddenSizes[layer - 1];

    /// <summary>Outputs of a layer.</summary>
    public int Outputs(int layer) => layer == hiddenSizes.Length ? OutputSize : hiddenSizes[layer];

    /// <summary>The elements of a tensor of that shape.</summary>
    internal static int Elements(IReadOnlyList<long> shape) => checked((int)shape.Aggregate(1L, static (all, size) => checked(all * size)));

    /// <inheritdoc/>
    public bool Equals(PolicySpec? other) =>
        other is not null && Kind == other.Kind && ObservationSize == other.ObservationSize && ActionSize == other.ActionSize &&
        NormalizeObservations == other.NormalizeObservations && Architecture?.Name == other.Architecture?.Name &&
        observations.Equals(other.observations) &&
        hiddenSizes.AsSpan().SequenceEqual(other.hiddenSizes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, ObservationSize, ActionSize, NormalizeObservations, hiddenSizes.Length);
}
