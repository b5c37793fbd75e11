namespace Reacher.Fast.Core.Batch;

/// <summary>
/// The sizes of one transition and, derived from them alone, where each part of a replay row lies.
/// A row is <c>stamp u64 | stream u32 | crc32c u32 | observation | action | reward | discount | next observation</c>,
/// float32 throughout, its stride rounded up to a multiple of 64 bytes (one cache line) so that no two writers share a line.
/// </summary>
public sealed record TransitionSpec
{
    /// <summary>Bytes of stamp, stream id and checksum before the payload.</summary>
    public const int RowHeaderBytes = 16;

    /// <summary>Largest observation or action size accepted; keeps every offset far inside 32 bits.</summary>
    public const int MaximumSize = 1 << 20;

    /// <summary>A spec for observations of <paramref name="observationSize"/> and actions of <paramref name="actionSize"/> floats.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or above <see cref="MaximumSize"/>.</exception>
    public TransitionSpec(int observationSize, int actionSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(observationSize, MaximumSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actionSize, MaximumSize);
        ObservationSize = observationSize;
        ActionSize = actionSize;
    }

    /// <summary>Floats in an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Floats in an action.</summary>
    public int ActionSize { get; }

    /// <summary>Floats in a row's payload: observation, action, reward, discount, next observation.</summary>
    public int PayloadFloats => (2 * ObservationSize) + ActionSize + 2;

    /// <summary>Bytes in a row's payload.</summary>
    public int PayloadBytes => PayloadFloats * sizeof(float);

    /// <summary>Offset of the action within the payload, in floats; the observation is at 0.</summary>
    public int ActionOffset => ObservationSize;

    /// <summary>Offset of the n-step reward within the payload, in floats.</summary>
    public int RewardOffset => ActionOffset + ActionSize;

    /// <summary>Offset of the discount (0 if terminated, else gamma^n) within the payload, in floats.</summary>
    public int DiscountOffset => RewardOffset + 1;

    /// <summary>Offset of the next observation within the payload, in floats.</summary>
    public int NextObservationOffset => DiscountOffset + 1;

    /// <summary>Bytes from one row to the next: header and payload rounded up to 64 (320 for Reacher's 33 and 4).</summary>
    public int StrideBytes => (RowHeaderBytes + PayloadBytes + 63) & ~63;
}
