using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// Batches from the host, for a replay that does not fit into the device, or one whose running statistics the host keeps. Two
/// page-locked pages take turns: while one crosses and the device updates from the one before, the host fills the other.
/// <para>
/// The ways of page n, each waiting only for what it must: the host fills it once page n - 2, which lay in the same memory, has
/// crossed (<c>arrived</c>); it crosses, on a stream of its own, into the device's entry once page n - 1 has left that
/// (<c>taken</c>); it is moved to the front, where the recorded updates find it, in order with them.
/// </para>
/// </summary>
public sealed class CudaBatchRing : IDeviceBatchSource, IDisposable
{
    private const int Pages = 2;

    private readonly CudaKernelDevice device;
    private readonly TransitionSpec spec;
    private readonly TensorBlock layout;
    private readonly int batchSize;
    private readonly int batchFloats;
    private readonly PinnedMemory[] pages = new PinnedMemory[Pages];
    private readonly CudaEvent[] arrived = new CudaEvent[Pages];
    private readonly DeviceMemory entry;
    private readonly DeviceMemory front;
    private readonly CudaStream copies;
    private readonly CudaEvent taken;
    private long submitted;
    private int filled;
    private int gathers;

    /// <summary>An empty ring.</summary>
    /// <param name="device">Where the batches are used. Disposed after this.</param>
    /// <param name="spec">The sizes of one transition.</param>
    /// <param name="batchSize">B, transitions of a batch.</param>
    /// <param name="batchesPerPage">Batches that cross together: the updates of one launch.</param>
    /// <exception cref="CudaException">There is not enough memory on the device, or that may be locked on the host.</exception>
    public CudaBatchRing(CudaKernelDevice device, TransitionSpec spec, int batchSize, int batchesPerPage)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesPerPage, 1);
        (this.device, this.spec, this.batchSize, BatchesPerPage) = (device, spec, batchSize, batchesPerPage);
        layout = device.Allocate("batch_ring", DeviceBatch.Shapes(spec, batchSize));
        batchFloats = checked((int)layout.Length);
        int bytes = checked(batchFloats * batchesPerPage * sizeof(float));
        entry = new DeviceMemory(device.Context, bytes);
        try
        {
            front = new DeviceMemory(device.Context, bytes);
            copies = new CudaStream(device.Context);
            taken = new CudaEvent(device.Context);
            for (int i = 0; i < Pages; i++)
            {
                pages[i] = new PinnedMemory(device.Context, bytes);
                pages[i].Span.Clear(); // the padding of rows, which is never written again
                arrived[i] = new CudaEvent(device.Context);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Batches that cross together.</summary>
    public int BatchesPerPage { get; }

    /// <summary>Whether the page has all its batches and waits for <see cref="Submit"/>.</summary>
    public bool IsFull => filled == BatchesPerPage;

    /// <summary>Adds a batch to the page. Waits only while the memory's last page is still crossing.</summary>
    /// <param name="batch">Of this ring's spec and size.</param>
    /// <param name="rewards">The rewards to learn from, [B]: the batch's own, or scaled.</param>
    /// <exception cref="InvalidOperationException">The page is full.</exception>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public void Add(in TransitionBatch batch, ReadOnlySpan<float> rewards)
    {
        if (IsFull)
        {
            throw new InvalidOperationException("The page is full; submit it before adding to the next.");
        }

        if (batch.Spec != spec || batch.Count != batchSize || rewards.Length != batchSize)
        {
            throw new ArgumentException($"The ring was made for batches of {batchSize} {spec}, not of {batch.Count} {batch.Spec}.", nameof(batch));
        }

        int page = (int)(submitted % Pages);
        if (filled == 0 && submitted >= Pages)
        {
            device.Context.MakeCurrent();
            CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(arrived[page]));
        }

        Span<float> floats = pages[page].Floats.Slice(filled * batchFloats, batchFloats);
        Pad(batch.Observations, layout[0], floats);
        Pad(batch.Actions, layout[1], floats);
        Pad(rewards, layout[2], floats);
        Pad(batch.Discounts, layout[3], floats);
        Pad(batch.NextObservations, layout[4], floats);
        filled++;
    }

    /// <summary>Sends the full page on its way; updates queued after this call, one for each of its batches, use it. Never waits.</summary>
    /// <exception cref="InvalidOperationException">The page is not full.</exception>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public unsafe void Submit()
    {
        if (!IsFull)
        {
            throw new InvalidOperationException($"The page holds {filled} of its {BatchesPerPage} batches.");
        }

        int page = (int)(submitted % Pages);
        device.Context.MakeCurrent();
        if (submitted > 0)
        {
            CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(copies, taken, 0));
        }

        CudaCheck.Succeeded(CudaDriver.cuMemcpyHtoDAsync_v2(entry.Value, (void*)pages[page].Value, (nuint)entry.Bytes, copies));
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(arrived[page], copies));
        CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(device.Stream, arrived[page], 0));
        CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoDAsync_v2(front.Value, entry.Value, (nuint)entry.Bytes, device.Stream));
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(taken, device.Stream));
        submitted++;
        filled = 0;
    }

    /// <inheritdoc/>
    /// <remarks>The calls of one recording take the batches of the front page in turn.</remarks>
    public void Gather(Tensor observations, Tensor actions, Tensor rewards, Tensor discounts, Tensor nextObservations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        device.CopyInto(front.Value + (nint)((long)(gathers++ % BatchesPerPage) * batchFloats * sizeof(float)), layout, observations.Block);
    }

    /// <summary>Frees the ring, once the updates that use it are done.</summary>
    public void Dispose()
    {
        if (copies is { IsClosed: false })
        {
            device.Context.TryMakeCurrent();
            _ = CudaDriver.cuStreamSynchronize(copies);
            _ = CudaDriver.cuStreamSynchronize(device.Stream);
        }

        for (int i = 0; i < Pages; i++)
        {
            arrived[i]?.Dispose();
            pages[i]?.Dispose();
        }

        taken?.Dispose();
        copies?.Dispose();
        front?.Dispose();
        entry.Dispose();
    }

    private void Pad(ReadOnlySpan<float> values, Tensor tensor, Span<float> batch)
    {
        int columns = tensor.Columns, rowStride = CudaKernelDevice.RowStride(columns);
        Span<float> to = batch[(int)((tensor.Address - layout.Address) / sizeof(float))..];
        if (columns == rowStride)
        {
            values.CopyTo(to);
            return;
        }

        for (int row = 0; row < tensor.Rows; row++)
        {
            values.Slice(row * columns, columns).CopyTo(to[(row * rowStride)..]);
        }
    }
}
