using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Replay.Sampling;

/// <summary>
/// The rows of a replay file by position, for a mirror of it in a GPU's memory. Reads the mapping as any sampler does: shares
/// nothing with the writers but the rows, and never blocks them. One thread only.
/// </summary>
public sealed class ReplayRows : IReplayRows, IDisposable
{
    private readonly ReplayFile replay;
    private bool disposed;

    /// <summary>The rows of <paramref name="replay"/>, which may be disposed before this.</summary>
    public ReplayRows(ReplayFile replay)
    {
        ArgumentNullException.ThrowIfNull(replay);
        replay.File.AddUser();
        this.replay = replay;
    }

    /// <inheritdoc/>
    public TransitionSpec Spec => replay.Spec;

    /// <inheritdoc/>
    public long Capacity => replay.Capacity;

    /// <inheritdoc/>
    public long First => (long)replay.FirstPosition;

    /// <inheritdoc/>
    public long End
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return (long)replay.Tail;
        }
    }

    /// <inheritdoc/>
    public int Copy(long position, int count, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(position, First);
        return RowCopy.Copy(replay.Slots, replay.Capacity, (ulong)position, count, destination);
    }

    /// <summary>Lets go of the mapping.</summary>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            replay.File.Release();
        }
    }
}
