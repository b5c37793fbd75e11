using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Torch.Interop;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Batch;

/// <summary>
/// The batches' memory, which TorchSharp's tensors view: wrapped once, so that an update costs no copy and no garbage. On the processor there is
/// one page, which the sampler fills and the update reads. With a GPU there are two, page-locked, and memory on the device for each; they take
/// turns, and each waits only for what it must:
/// <list type="number">
/// <item>the host fills page n once page n - 2, which lay in the same memory, has crossed (<c>arrived</c>);</item>
/// <item>page n crosses, on a stream of its own, once the update of page n - 2 has read the memory where it goes (<c>used</c>);</item>
/// <item>the update of page n begins once it has crossed (<c>arrived</c> again, on the update's stream).</item>
/// </list>
/// </summary>
internal sealed class TorchBatchRing : IDisposable
{
    private readonly CudaStream? updates;
    private readonly CudaContext? context;
    private readonly CudaStream? copies;
    private readonly List<IDisposable> memory = [];
    private readonly List<Tensor> tensors = [];
    private readonly PinnedMemory[] pinned;
    private readonly DeviceMemory[] onDevice;
    private readonly CudaEvent[] arrived;
    private readonly CudaEvent[] used;
    private readonly TorchPage[] pages;
    private readonly TorchBatch[] batches;
    private long sent;
    private bool isTaken;

    /// <summary>A ring in the processor's memory.</summary>
    public TorchBatchRing(TransitionSpec spec, int count)
    {
        (pinned, onDevice, arrived, used) = ([], [], [], []);
        var page = new AlignedMemory<float>(TorchPage.Floats(spec, count));
        memory.Add(page);
        pages = [new TorchPage(spec, count, page.Address, () => page.Span)];
        batches = [Wrap(spec, count, page.Address, torch.CPU)];
    }

    /// <summary>A ring from page-locked memory to a GPU.</summary>
    /// <param name="spec">The sizes of one transition.</param>
    /// <param name="count">B, transitions of a batch.</param>
    /// <param name="context">The GPU's.</param>
    /// <param name="updates">The stream on which batches are read.</param>
    /// <param name="device">What TorchSharp calls the GPU; the processor where a test only emulates one.</param>
    /// <exception cref="CudaException">There is not enough memory on the device, or that may be locked on the host.</exception>
    public TorchBatchRing(TransitionSpec spec, int count, CudaContext context, CudaStream updates, torch.Device device)
    {
        (this.context, this.updates) = (context, updates);
        const int Pages = 2;
        int bytes = TorchPage.Floats(spec, count) * sizeof(float);
        copies = Own(new CudaStream(context));
        pinned = Make(Pages, () => new PinnedMemory(context, bytes));
        onDevice = Make(Pages, () => new DeviceMemory(context, bytes));
        arrived = Make(Pages, () => new CudaEvent(context));
        used = Make(Pages, () => new CudaEvent(context));
        pages = Array.ConvertAll(pinned, page => new TorchPage(spec, count, page.Value, () => page.Floats));
        batches = Array.ConvertAll(onDevice, page => Wrap(spec, count, page.Value, device));
        foreach (PinnedMemory page in pinned)
        {
            page.Span.Clear();
        }
    }

    private int Current => (int)(sent % pages.Length);

    /// <summary>The page to fill for the next update. Waits only while the memory's last page is still crossing.</summary>
    /// <exception cref="CudaException">Work queued earlier failed.</exception>
    public TorchPage Take()
    {
        if (!isTaken && context is not null && sent >= pages.Length)
        {
            context.MakeCurrent();
            CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(arrived[Current]));
        }

        isTaken = true;
        return pages[Current];
    }

    /// <summary>The batch of the page that was taken, for work queued after this call. Never waits.</summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public unsafe TorchBatch Send()
    {
        int page = Current;
        if (context is not null)
        {
            context.MakeCurrent();
            if (sent >= pages.Length)
            {
                CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(copies!, used[page], 0));
            }

            CudaCheck.Succeeded(CudaDriver.cuMemcpyHtoDAsync_v2(
                onDevice[page].Value, (void*)pinned[page].Value, (nuint)pinned[page].Bytes, copies!));
            CudaCheck.Succeeded(CudaDriver.cuEventRecord(arrived[page], copies!));
            CudaCheck.Succeeded(CudaDriver.cuStreamWaitEvent(updates!, arrived[page], 0));
        }

        return batches[page];
    }

    /// <summary>Says that all work which reads the batch sent has been queued; its memory may then take another.</summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public void Release()
    {
        if (context is not null)
        {
            CudaCheck.Succeeded(CudaDriver.cuEventRecord(used[Current], updates!));
        }

        sent++;
        isTaken = false;
    }

    /// <summary>Frees the ring, once the updates that use it are done.</summary>
    public void Dispose()
    {
        if (context is not null)
        {
            context.TryMakeCurrent();
            _ = CudaDriver.cuStreamSynchronize(copies!);
            _ = CudaDriver.cuStreamSynchronize(updates!);
        }

        tensors.ForEach(tensor => tensor.Dispose());
        memory.Reverse();
        memory.ForEach(owned => owned.Dispose());
    }

    private TorchBatch Wrap(TransitionSpec spec, int count, nint address, torch.Device device)
    {
        (int observation, int action) = (spec.ObservationSize, spec.ActionSize);
        int noise = count * spec.PayloadFloats, normalization = noise + (2 * count * action);
        return new TorchBatch(
            View(0, count, observation),
            View(count * spec.ActionOffset, count, action),
            View(count * spec.RewardOffset, count, 0),
            View(count * spec.DiscountOffset, count, 0),
            View(count * spec.NextObservationOffset, count, observation),
            View(noise, count, action),
            View(noise + (count * action), count, action),
            View(normalization, observation, 0),
            View(normalization + observation, observation, 0));

        Tensor View(int offset, int rows, int columns)
        {
            Tensor view = TorchShim.Wrap(address + (nint)((long)offset * sizeof(float)), device, rows, columns);
            tensors.Add(view);
            return view;
        }
    }

    private T[] Make<T>(int count, Func<T> make)
        where T : IDisposable
    {
        var made = new T[count];
        for (int i = 0; i < count; i++)
        {
            made[i] = Own(make());
        }

        return made;
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        memory.Add(resource);
        return resource;
    }
}
