using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// A ring of page-locked buffers on the way to the device. A buffer is filled while earlier ones are still being copied, and
/// filled again only when its own copy is done: the caller waits only if it runs a whole ring ahead.
/// </summary>
internal sealed class CudaStaging : IDisposable
{
    private readonly PinnedMemory[] buffers;
    private readonly CudaEvent[] copied;
    private readonly bool[] inFlight;
    private int next;

    /// <summary><paramref name="count"/> buffers of <paramref name="bytes"/>.</summary>
    /// <exception cref="CudaException">That much memory cannot be locked.</exception>
    public CudaStaging(CudaContext context, int count, int bytes)
    {
        buffers = new PinnedMemory[count];
        copied = new CudaEvent[count];
        inFlight = new bool[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                buffers[i] = new PinnedMemory(context, bytes);
                copied[i] = new CudaEvent(context);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of a buffer.</summary>
    public int BufferBytes => buffers[0].Bytes;

    /// <summary>The next free buffer; waits for its last copy if that is still under way.</summary>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public PinnedMemory Take()
    {
        if (inFlight[next])
        {
            CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(copied[next]));
            inFlight[next] = false;
        }

        return buffers[next];
    }

    /// <summary>Queues the copy of the first <paramref name="bytes"/> of the buffer taken to <paramref name="destination"/>.</summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public unsafe void Send(nint destination, int bytes, CudaStream stream)
    {
        CudaCheck.Succeeded(CudaDriver.cuMemcpyHtoDAsync_v2(destination, (void*)buffers[next].Value, (nuint)bytes, stream));
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(copied[next], stream));
        inFlight[next] = true;
        next = (next + 1) % buffers.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            buffers[i]?.Dispose();
            copied[i]?.Dispose();
        }
    }
}
