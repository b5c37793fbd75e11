using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// Reads tensors without making anybody wait: a snapshot is taken on the device, in order with the updates; its copy to
/// page-locked host memory runs on a stream of its own while later updates run. Weights go to the publisher this way, and
/// reports to the log.
/// </summary>
public sealed class CudaReadback : IDisposable
{
    private readonly CudaKernelDevice device;
    private readonly Tensor[] tensors;
    private readonly DeviceMemory snapshot;
    private readonly PinnedMemory host;
    private readonly CudaStream stream;
    private readonly CudaEvent taken;
    private readonly CudaEvent arrived;
    private bool pending;

    internal CudaReadback(CudaKernelDevice device, ReadOnlySpan<Tensor> tensors)
    {
        this.device = device;
        this.tensors = tensors.ToArray();
        int bytes = 0;
        foreach (Tensor tensor in tensors)
        {
            Length += (int)tensor.Shape.Elements;
            bytes = checked(bytes + PaddedBytes(tensor));
        }

        snapshot = new DeviceMemory(device.Context, bytes);
        host = new PinnedMemory(device.Context, bytes);
        stream = new CudaStream(device.Context);
        taken = new CudaEvent(device.Context);
        arrived = new CudaEvent(device.Context);
    }

    /// <summary>Floats in all tensors together, without padding.</summary>
    public int Length { get; }

    /// <summary>Whether a snapshot has been queued and not yet been taken.</summary>
    public bool IsPending => pending;

    /// <summary>Queues a snapshot of the tensors as all work queued so far leaves them. Not while one is pending.</summary>
    /// <exception cref="InvalidOperationException">One is pending.</exception>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public unsafe void Queue()
    {
        if (pending)
        {
            throw new InvalidOperationException("The last snapshot has not been taken yet.");
        }

        device.Context.MakeCurrent();
        int offset = 0;
        foreach (Tensor tensor in tensors)
        {
            int bytes = PaddedBytes(tensor);
            CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoDAsync_v2(snapshot.Value + offset, tensor.Address, (nuint)bytes, device.Stream));
            offset += bytes;
        }

        CudaCheck.Succeeded(CudaDriver.cuEventRecord(taken, device.Stream));
        CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(stream, taken, 0));
        CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoHAsync_v2((void*)host.Value, snapshot.Value, (nuint)offset, stream));
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(arrived, stream));
        pending = true;
    }

    /// <summary>
    /// Copies the snapshot out, tensor after tensor, row-major, if it has arrived; false, at once, if it has not or none is pending.
    /// </summary>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public bool TryTake(Span<float> values)
    {
        device.Context.MakeCurrent();
        if (!pending || !arrived.IsDone)
        {
            return false;
        }

        CopyOut(values);
        return true;
    }

    /// <summary>As <see cref="TryTake"/>, but waits for the pending snapshot.</summary>
    /// <exception cref="InvalidOperationException">None is pending.</exception>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public void Take(Span<float> values)
    {
        if (!pending)
        {
            throw new InvalidOperationException("No snapshot is pending.");
        }

        device.Context.MakeCurrent();
        CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(arrived));
        CopyOut(values);
    }

    /// <summary>Frees its memory.</summary>
    public void Dispose()
    {
        if (!stream.IsClosed && pending)
        {
            device.Context.TryMakeCurrent();
            _ = CudaDriver.cuStreamSynchronize(stream);
        }

        arrived.Dispose();
        taken.Dispose();
        stream.Dispose();
        host.Dispose();
        snapshot.Dispose();
    }

    private void CopyOut(Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Length);
        ReadOnlySpan<float> padded = host.Floats;
        foreach (Tensor tensor in tensors)
        {
            int elements = (int)tensor.Shape.Elements, floats = PaddedBytes(tensor) / sizeof(float);
            CudaKernelDevice.Unpad(padded[..floats], 0, tensor.Columns, values[..elements]);
            padded = padded[floats..];
            values = values[elements..];
        }

        pending = false;
    }

    private static int PaddedBytes(Tensor tensor) =>
        tensor.Heads * tensor.Rows * CudaKernelDevice.RowStride(tensor.Columns) * sizeof(float);
}
