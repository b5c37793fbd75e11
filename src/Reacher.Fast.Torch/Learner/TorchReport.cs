using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Torch.Interop;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>
/// The figures of an update, written slot by slot where the update runs. On the processor they are read at once; from a GPU they cross by
/// themselves and are read at the next update, so that nobody waits for them.
/// </summary>
internal sealed class TorchReport : IDisposable
{
    private readonly TorchDevice device;
    private readonly Tensor figures;
    private readonly Tensor[] slots;
    private readonly AlignedMemory<float>? host;
    private readonly Tensor? hostView;
    private readonly PinnedMemory? pinned;
    private readonly CudaEvent? arrived;
    private bool pending;

    public TorchReport(TorchDevice device, torch.ScalarType type)
    {
        this.device = device;
        figures = torch.zeros(ReportSlot.Count, type, device.Device);
        slots = [.. Enumerable.Range(0, ReportSlot.Count).Select(slot => figures.narrow(0, slot, 1))];
        if (device.Context is not null)
        {
            pinned = new PinnedMemory(device.Context, ReportSlot.Count * sizeof(float));
            pinned.Span.Clear();
            arrived = new CudaEvent(device.Context);
            return;
        }

        host = new AlignedMemory<float>(ReportSlot.Count);
        hostView = TorchShim.Wrap(host.Address, torch.CPU, ReportSlot.Count);
    }

    /// <summary>The figure's place, [1].</summary>
    public Tensor this[int slot] => slots[slot];

    /// <summary>Puts a number, of any shape with one element, into a slot.</summary>
    public void Write(int slot, Tensor value)
    {
        using (torch.no_grad())
        {
            slots[slot].copy_(value.reshape(1));
        }
    }

    /// <summary>The newest figures that have come: those of this update, or on a GPU of the one before.</summary>
    public unsafe void Read(Span<float> newest)
    {
        if (device.Context is null)
        {
            hostView!.copy_(figures);
            host!.Span.CopyTo(newest);
            return;
        }

        Settle(newest);
        CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoHAsync_v2(
            (void*)pinned!.Value, TorchShim.AddressOf(figures), (nuint)pinned.Bytes, device.Stream!));
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(arrived!, device.Stream!));
        pending = true;
    }

    /// <summary>Waits for the figures under way.</summary>
    public void Settle(Span<float> newest)
    {
        if (device.Context is not null)
        {
            if (pending)
            {
                CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(arrived!));
                pending = false;
            }

            pinned!.Floats.CopyTo(newest);
        }
    }

    /// <summary>Replaces all figures.</summary>
    public void Load(float[] values)
    {
        TensorCodec.Write(values, figures);
        values.CopyTo(pinned is null ? host!.Span : pinned.Floats);
    }

    /// <summary>The figures as a checkpoint has them.</summary>
    public float[] ToArray() => TensorCodec.Read(figures);

    public void Dispose()
    {
        Array.ForEach(slots, slot => slot.Dispose());
        hostView?.Dispose();
        figures.Dispose();
        arrived?.Dispose();
        pinned?.Dispose();
        host?.Dispose();
    }
}
