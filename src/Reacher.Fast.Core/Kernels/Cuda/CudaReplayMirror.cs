using System.Runtime.InteropServices;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// The replay's newest rows in device memory, kept up by asynchronous copies from page-locked buffers while updates run, and the
/// source of batches drawn there. Only new rows cross, each once.
/// <para>
/// Position p lies in slot p % slots, and there are <c>slack</c> more slots than rows that are sampled. One
/// <see cref="Advance"/> copies at most that many rows, and only after the updates queued before the previous one are done; so a
/// row that an update under way may draw is never overwritten. A row is taken only if its stamp names its position.
/// </para>
/// </summary>
public sealed class CudaReplayMirror : IDeviceBatchSource, IDisposable
{
    private const int StateBytes = 5 * sizeof(ulong);
    private const int Buffers = 4;

    /// <summary>
    /// A row still unwritten when this many later ones have been claimed is given up: its writer is dead or asleep. It is then
    /// mirrored with stamp 0, and never drawn.
    /// </summary>
    private const int Patience = 4096;

    private readonly CudaKernelDevice device;
    private readonly IReplayRows rows;
    private readonly DeviceMemory mirror;
    private readonly DeviceMemory state;
    private readonly CudaStaging staging;
    private readonly CudaStaging stateStaging;
    private readonly CudaStream copies;
    private readonly CudaEvent copied;
    private readonly CudaEvent updated;
    private readonly PinnedMemory landing;
    private readonly int slack;
    private readonly long slots;
    private long next;

    /// <summary>Room for all rows of <paramref name="rows"/> on <paramref name="device"/>; empty until <see cref="Advance"/>.</summary>
    /// <param name="device">Where batches are used. Disposed after this.</param>
    /// <param name="rows">The rows that are mirrored.</param>
    /// <param name="rowsPerAdvance">Most rows that one <see cref="Advance"/> copies.</param>
    /// <exception cref="CudaException">The device's memory does not hold them.</exception>
    public CudaReplayMirror(CudaKernelDevice device, IReplayRows rows, int rowsPerAdvance = 1 << 16)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerAdvance, 1);
        (this.device, this.rows, slack) = (device, rows, rowsPerAdvance);
        (next, slots) = (rows.First, checked(rows.Capacity + slack));
        Stride = rows.Spec.StrideBytes;
        int chunk = Math.Max(Stride, (1 << 20) / Stride * Stride);
        mirror = new DeviceMemory(device.Context, checked(slots * Stride));
        try
        {
            state = new DeviceMemory(device.Context, StateBytes);
            staging = new CudaStaging(device.Context, Buffers, chunk);
            stateStaging = new CudaStaging(device.Context, Buffers, StateBytes);
            copies = new CudaStream(device.Context);
            copied = new CudaEvent(device.Context);
            updated = new CudaEvent(device.Context);
            landing = new PinnedMemory(device.Context, StateBytes);
            CudaCheck.Succeeded(CudaDriver.cuMemsetD8Async(mirror.Value, 0, (nuint)mirror.Bytes, device.Stream));
            SendState();
            CudaCheck.Succeeded(CudaDriver.cuEventRecord(updated, device.Stream));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Rows mirrored so far, those given up included.</summary>
    public long MirroredRows => next - rows.First;

    /// <summary>Most rows that one <see cref="Advance"/> copies.</summary>
    public int RowsPerAdvance => slack;

    /// <summary>Whether there is anything to draw from.</summary>
    public bool IsEmpty => next == rows.First;

    /// <summary>Bytes of a row.</summary>
    private int Stride { get; }

    /// <summary>
    /// Queues copies of the rows that are new, at most as many as the constructor was told, and returns how many. Updates queued
    /// after this call draw from them too. Waits only when its page-locked buffers are all still under way.
    /// </summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public int Advance()
    {
        device.Context.MakeCurrent();
        long end = rows.End;
        next = Math.Max(next, end - rows.Capacity); // what has been overwritten in the replay is not worth a copy
        long first = next;
        CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(copies, updated, 0)); // see the class's remarks
        int budget = slack;
        while (budget > 0 && next < end && CopyChunk(end, ref budget))
        {
        }

        CudaCheck.Succeeded(CudaDriver.cuEventRecord(updated, device.Stream));
        if (next != first)
        {
            CudaCheck.Succeeded(CudaDriver.cuEventRecord(copied, copies));
            CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(device.Stream, copied, 0));
            SendState();
        }

        return (int)(next - first);
    }

    /// <inheritdoc/>
    public void Gather(Tensor observations, Tensor actions, Tensor rewards, Tensor discounts, Tensor nextObservations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        device.GatherRows(mirror, state, rows.Spec, observations, actions, rewards, discounts, nextObservations);
    }

    /// <summary>
    /// Waits for the device and throws if a batch was asked for while no whole row could be found for it: the mirror was empty, or
    /// nearly every row in it was given up.
    /// </summary>
    /// <exception cref="InvalidOperationException">That happened; batches since then hold zeros.</exception>
    public unsafe void ThrowIfExhausted()
    {
        device.Context.MakeCurrent();
        CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoHAsync_v2((void*)landing.Value, state.Value, StateBytes, device.Stream));
        CudaCheck.Succeeded(CudaDriver.cuStreamSynchronize(device.Stream));
        if (MemoryMarshal.Read<ulong>(landing.Span[(4 * sizeof(ulong))..]) != 0)
        {
            throw new InvalidOperationException("A batch was drawn from a replay mirror that had no whole row for it; mirror rows before updating.");
        }
    }

    /// <summary>Frees the mirror, once the updates that draw from it are done.</summary>
    public void Dispose()
    {
        if (copies is { IsClosed: false })
        {
            device.Context.TryMakeCurrent();
            _ = CudaDriver.cuStreamSynchronize(copies);
            _ = CudaDriver.cuStreamSynchronize(device.Stream);
        }

        landing?.Dispose();
        updated?.Dispose();
        copied?.Dispose();
        copies?.Dispose();
        stateStaging?.Dispose();
        staging?.Dispose();
        state?.Dispose();
        mirror.Dispose();
    }

    /// <summary>One buffer's worth, up to the ring's end; false if the next row is still being written.</summary>
    private bool CopyChunk(long end, ref int budget)
    {
        long slot = next % slots;
        int count = (int)Math.Min(Math.Min(budget, end - next), Math.Min(staging.BufferBytes / Stride, slots - slot));
        PinnedMemory buffer = staging.Take();
        int whole = rows.Copy(next, count, buffer.Span);
        if (whole < count && end - (next + whole) <= Patience)
        {
            count = whole;
        }

        if (count == 0)
        {
            return false;
        }

        staging.Send(mirror.Value + (nint)(slot * Stride), count * Stride, copies);
        next += count;
        budget -= count;
        return true;
    }

    /// <summary>MirrorState of data.cu, in order with the updates. A note of exhaustion is kept: that field is not sent again.</summary>
    private void SendState()
    {
        Span<byte> bytes = stateStaging.Take().Span;
        Span<ulong> fields = MemoryMarshal.Cast<byte, ulong>(bytes);
        (fields[0], fields[1], fields[2], fields[3], fields[4]) = ((ulong)rows.First, (ulong)next, (ulong)rows.Capacity, (ulong)slots, 0);
        stateStaging.Send(state.Value, IsEmpty ? StateBytes : StateBytes - sizeof(ulong), device.Stream);
    }
}
