using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Torch.Interop;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Kernels;

/// <summary>
/// The targets of both algorithms. On a GPU one kernel of ours computes all that comes after the target networks, in place of the four to six
/// passes that TorchSharp makes of it: launched by address on TorchSharp's tensors, on the stream that both use. Otherwise TorchSharp computes it.
/// </summary>
internal sealed class TorchTargets : IDisposable
{
    private readonly CudaContext? context;
    private readonly CudaStream? stream;
    private readonly CudaModules? modules;
    private readonly Tensor? targetQ;
    private readonly Tensor[] heads = [];
    private readonly Tensor? y;
    private readonly int count;

    /// <summary>Targets that TorchSharp computes.</summary>
    public TorchTargets()
    {
    }

    /// <summary>Targets of <paramref name="count"/> samples that the kernels compute.</summary>
    public TorchTargets(int count, CudaContext context, CudaStream stream, torch.Device device)
    {
        (this.count, this.context, this.stream) = (count, context, stream);
        modules = new CudaModules(context);
        // Both critics' values in one tensor, the second at a multiple of 16 bytes.
        int stride = (count + 3) & ~3;
        targetQ = torch.zeros(2, stride, torch.float32, device);
        heads = [.. Enumerable.Range(0, 2).Select(head => targetQ[head].narrow(0, 0, count))];
        y = torch.zeros(count, torch.float32, device);
    }

    /// <summary>y = r + discount (min_i q_i - alpha log pi), all [B].</summary>
    public Tensor Sac(Tensor rewards, Tensor discounts, Tensor q1, Tensor q2, Tensor logPi, Tensor alpha)
    {
        if (modules is null)
        {
            return rewards + (discounts * (torch.minimum(q1, q2).reshape(-1) - (alpha * logPi)));
        }

        Gather(q1, q2);
        Tensor rows = logPi.contiguous();
        Launch(
            CudaKernels.SacTarget, Address(rewards), Address(discounts), Address(targetQ!), Address(rows), Address(alpha), Address(y!), (uint)count);
        return y!;
    }

    /// <summary>y = r + discount min_i q_i, all [B].</summary>
    public Tensor Td3(Tensor rewards, Tensor discounts, Tensor q1, Tensor q2)
    {
        if (modules is null)
        {
            return rewards + (discounts * torch.minimum(q1, q2).reshape(-1));
        }

        Gather(q1, q2);
        Launch(CudaKernels.Td3Target, Address(rewards), Address(discounts), Address(targetQ!), Address(y!), (uint)count);
        return y!;
    }

    public void Dispose()
    {
        Array.ForEach(heads, head => head.Dispose());
        targetQ?.Dispose();
        y?.Dispose();
        modules?.Dispose();
    }

    private static ulong Address(Tensor tensor) => (ulong)TorchShim.AddressOf(tensor);

    private void Gather(Tensor q1, Tensor q2)
    {
        heads[0].copy_(q1.reshape(-1));
        heads[1].copy_(q2.reshape(-1));
    }

    private unsafe void Launch(CudaKernel kernel, params ReadOnlySpan<ulong> arguments)
    {
        context!.MakeCurrent();
        ulong* values = stackalloc ulong[arguments.Length];
        void** pointers = stackalloc void*[arguments.Length + 1];
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i];
            pointers[i] = values + i;
        }

        pointers[arguments.Length] = null;
        CudaCheck.Succeeded(CudaDriver.cuLaunchKernel(
            modules!.Function(kernel, sharedBytes: 0), (uint)((count + kernel.Threads - 1) / kernel.Threads), 1, 1, (uint)kernel.Threads, 1, 1, 0,
            stream!, pointers, null));
    }
}
