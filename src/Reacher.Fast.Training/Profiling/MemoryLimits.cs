using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Sampling;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// What a machine's memory gives for rows of a replay's size in a mapped file of their own, without protocol, checksum or stamp: the limits that
/// the replay's figures are divided by. One thread. Each call is one trial and returns rows a second; measure alternately with what it is a limit of.
/// </summary>
internal sealed unsafe class MemoryLimits : IDisposable
{
    private const int BatchRows = 256;
    private const int StagedRows = 20;
    private const int Ahead = RowGather.PrefetchDistance;

    private readonly MappedFile file;
    private readonly int stride;
    private readonly long rows;
    private readonly AlignedMemory<byte> staged;
    private readonly AlignedMemory<byte> batch;
    private readonly AlignedMemory<byte> source;
    private readonly long[] slots = new long[BatchRows];
    private Xoshiro256 random = new(1);
    private long next;

    /// <summary>Creates the file with every page mapped; it should be several times the processor's caches.</summary>
    /// <param name="path">Where: the folder of the replay it is compared with, so that the memory is of one kind.</param>
    /// <param name="spec">Sizes of a row.</param>
    /// <param name="rows">Rows, at least a thousand.</param>
    /// <exception cref="MappedFileException">The file exists, its folder cannot be used, or there is no room.</exception>
    public MemoryLimits(string path, TransitionSpec spec, int rows)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1000);
        stride = spec.StrideBytes;
        this.rows = rows / StagedRows * StagedRows;
        file = MappedFile.Create(path, (long)rows * stride, overwrite: false);
        file.Advise(populate: true);
        staged = new AlignedMemory<byte>(StagedRows * stride);
        batch = new AlignedMemory<byte>(BatchRows * stride);
        source = new AlignedMemory<byte>(BatchRows * stride);
        // Where the system cannot map all pages beforehand, the first write to each page maps it.
        new Span<byte>(file.Start, (int)Math.Min(int.MaxValue, (long)rows * stride)).Fill(1);
    }

    /// <summary>memcpy of <paramref name="count"/> rows from the first-level caches into the file, in order.</summary>
    public double Copy(int count) => Run(count / BatchRows * BatchRows, BatchRows, static (memory, row) => memory.CopyFrom(row));

    /// <summary><paramref name="count"/> rows already composed, stored in order by vector instructions.</summary>
    public double Write(int count) => Run(count / StagedRows * StagedRows, StagedRows, static (memory, row) => memory.Store(row));

    /// <summary><paramref name="count"/> rows read at random places, the ones to come prefetched, and copied whole into a batch.</summary>
    public double Gather(int count) => Run(count / BatchRows * BatchRows, BatchRows, static (memory, _) => memory.GatherBatch());

    /// <summary>
    /// memcpy of a block that stays in the caches, such as a policy's weights: bytes a second over <paramref name="repeats"/> copies.
    /// </summary>
    public static double CopyBlock(AlignedMemory<float> from, AlignedMemory<float> to, int repeats)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            from.Span.CopyTo(to.Span);
        }

        return (double)from.Length * sizeof(float) * repeats / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Unmaps and deletes the file.</summary>
    public void Dispose()
    {
        file.Dispose();
        File.Delete(file.Path);
        staged.Dispose();
        batch.Dispose();
        source.Dispose();
    }

    // Trials go on round the ring where the last one stopped, so that none finds its rows in the cache.
    private double Run(int count, int step, Action<MemoryLimits, long> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, step);
        long began = Stopwatch.GetTimestamp();
        for (int done = 0; done < count; done += step)
        {
            if (next + step > rows)
            {
                next = 0;
            }

            work(this, next);
            next += step;
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private void CopyFrom(long row) =>
        Buffer.MemoryCopy((void*)source.Address, file.Start + (row * stride), (long)BatchRows * stride, (long)BatchRows * stride);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(long row)
    {
        byte* to = file.Start + (row * stride);
        byte* from = (byte*)staged.Address;
        for (int i = 0; i < StagedRows * stride; i += Vector256<byte>.Count)
        {
            Vector256.Store(Vector256.Load(from + i), to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherBatch()
    {
        byte* to = (byte*)batch.Address;
        for (int i = 0; i < BatchRows; i++)
        {
            slots[i] = (long)random.Below((ulong)rows);
        }

        for (int i = 0; i < Ahead; i++)
        {
            Prefetch(slots[i]);
        }

        for (int i = 0; i < BatchRows; i++, to += stride)
        {
            if (i + Ahead < BatchRows)
            {
                Prefetch(slots[i + Ahead]);
            }

            byte* from = file.Start + (slots[i] * stride);
            for (int k = 0; k < stride; k += Vector256<byte>.Count)
            {
                Vector256.Store(Vector256.Load(from + k), to + k);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(long row)
    {
        if (Sse.IsSupported)
        {
            byte* address = file.Start + (row * stride);
            for (int i = 0; i < stride; i += 64)
            {
                Sse.Prefetch0(address + i);
            }
        }
    }
}
