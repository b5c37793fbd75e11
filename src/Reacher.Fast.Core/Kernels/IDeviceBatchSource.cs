using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Core.Kernels;

/// <summary>Batches that are already in the device's memory: nothing crosses to the device for an update.</summary>
public interface IDeviceBatchSource
{
    /// <summary>
    /// Draws a fresh batch into the tensors, [1, B, O], [1, B, A], [1, 1, B], [1, 1, B] and [1, B, O]. An op: it is recorded with the
    /// update that uses the batch, and draws anew every time the recording runs.
    /// </summary>
    void Gather(Tensor observations, Tensor actions, Tensor rewards, Tensor discounts, Tensor nextObservations);
}

/// <summary>
/// Rows of a replay by position, as a mirror of it reads them. A position counts rows since the beginning and never repeats. A
/// row is <c>stamp u64 | stream u32 | crc32c u32 | payload</c>, <see cref="TransitionSpec.StrideBytes"/> long; the stamp of the
/// whole row at position p is p + 1.
/// </summary>
public interface IReplayRows
{
    /// <summary>The sizes of one transition.</summary>
    TransitionSpec Spec { get; }

    /// <summary>How many of the newest rows there are at most.</summary>
    long Capacity { get; }

    /// <summary>The position of the first row there ever was.</summary>
    long First { get; }

    /// <summary>The position after the newest row, which may still be being written.</summary>
    long End { get; }

    /// <summary>
    /// Copies <paramref name="count"/> rows from <paramref name="position"/>. A row that is not whole, or no longer there, gets the
    /// stamp 0. Returns how many of the first ones are whole.
    /// </summary>
    int Copy(long position, int count, Span<byte> destination);
}
