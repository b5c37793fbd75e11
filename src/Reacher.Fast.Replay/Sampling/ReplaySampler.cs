using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Replay.Sampling;

/// <summary>
/// Draws batches uniformly from what is published. Every reader has its own; it shares nothing but the mapped rows, never
/// blocks a writer and is never blocked. Seeded, with its state to be saved: the same state over the same rows gives the same
/// batch. One thread only; allocates nothing per batch of the size it has seen before.
/// </summary>
public sealed class ReplaySampler : IDisposable
{
    /// <summary>Rounds of redrawing before a batch is given up: with even one slot in eight usable, never reached.</summary>
    private const int Rounds = 400;

    private readonly ReplayFile replay;
    private readonly bool validateChecksums;
    private Xoshiro256 random;
    private long[] slots = [];
    private int[] everyRow = [];
    private int[] refused = [];
    private bool disposed;

    /// <summary>A sampler over <paramref name="replay"/>, which may be disposed before it.</summary>
    /// <param name="replay">What to draw from.</param>
    /// <param name="seed">The seed that decides which rows are drawn.</param>
    /// <param name="validateChecksums">Also checks each row's CRC32C; off by default (docs/replay-format.md gives the cost).</param>
    public ReplaySampler(ReplayFile replay, ulong seed, bool validateChecksums = false)
    {
        ArgumentNullException.ThrowIfNull(replay);
        replay.File.AddUser();
        this.replay = replay;
        this.validateChecksums = validateChecksums;
        random = new Xoshiro256(seed);
    }

    /// <summary>Where the random numbers stand; set to what was saved, the draws go on from there.</summary>
    /// <exception cref="ArgumentException">All four words are 0, which no generator ever is.</exception>
    public SamplerState State
    {
        get => random.State;
        set
        {
            if (value == default)
            {
                throw new ArgumentException("A sampler's state cannot be all zeros.");
            }

            random.State = value;
        }
    }

    /// <summary>
    /// Only this many of the newest rows are drawn from; all of them by default. A run that must go on bit by bit from a checkpoint
    /// draws from fewer than the ring holds, so that rows written after the checkpoint have overwritten none that it drew from.
    /// </summary>
    public long Window { get; init; } = long.MaxValue;

    /// <summary>Draws refused so far, because the slot was unpublished, abandoned or overwritten during the copy, and redrawn.</summary>
    public long Redraws { get; private set; }

    /// <summary>
    /// Fills <paramref name="batch"/> with rows drawn uniformly, with replacement. False, with the batch's contents undefined,
    /// while nothing (or next to nothing of what was claimed) is published.
    /// </summary>
    /// <exception cref="ArgumentException">The batch is of another spec.</exception>
    public bool Sample(BatchBuffer batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (batch.Spec != replay.Spec)
        {
            throw new ArgumentException("The batch buffer and the replay have different observation or action sizes.");
        }

        if (slots.Length < batch.Count)
        {
            slots = new long[batch.Count];
            refused = new int[batch.Count];
            everyRow = [.. Enumerable.Range(0, batch.Count)];
        }

        int wanted = batch.Count;
        ReadOnlySpan<int> rows = everyRow;
        for (int round = 0; round < Rounds; round++)
        {
            if (!Draw(slots.AsSpan(0, wanted)))
            {
                return false;
            }

            wanted = validateChecksums
                ? Gather<ChecksumValidation>(batch, wanted, rows)
                : Gather<StampValidation>(batch, wanted, rows);
            rows = refused;
            if (wanted == 0)
            {
                return true;
            }

            Redraws += wanted;
        }

        return false;
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

    private int Gather<TValidation>(BatchBuffer batch, int count, ReadOnlySpan<int> rows)
        where TValidation : struct, IRowValidation =>
        RowGather.Gather<TValidation>(replay.Slots, replay.Spec, slots.AsSpan(0, count), rows[..count], batch, refused);

    private bool Draw(Span<long> drawn)
    {
        ulong capacity = (ulong)replay.Capacity;
        ulong first = replay.FirstPosition;
        ulong written = replay.Tail - first;
        if (written == 0)
        {
            return false;
        }

        // The newest `count` positions, which lie in as many slots one after another, going round at the end of the ring.
        ulong count = Math.Min(Math.Min(written, capacity), (ulong)Math.Max(1, Window));
        // The whole ring has no end to go round at: a branch that is taken at random costs more than the draw.
        ulong origin = count == capacity ? 0 : (first + written - count) % capacity;
        Xoshiro256 generator = random;
        for (int i = 0; i < drawn.Length; i++)
        {
            ulong slot = origin + generator.Below(count);
            drawn[i] = (long)(slot >= capacity ? slot - capacity : slot);
        }

        random = generator;
        return true;
    }
}
