using Reacher.Fast.Core;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Torch.Interop;
using Reacher.Fast.Torch.Loading;
using TorchSharp;

namespace Reacher.Fast.Torch.Learner;

/// <summary>
/// Where TorchSharp computes. On a GPU all of it runs on one stream of ours, which is also the one of our kernels, so that no event is needed
/// between the two. (TorchSharp's own is the legacy default stream, for which ours do not wait.)
/// </summary>
internal sealed class TorchDevice : IDisposable
{
    private TorchDevice(torch.Device device, CudaContext? context, CudaStream? stream, string name) =>
        (Device, Context, Stream, Name) = (device, context, stream, name);

    /// <summary>What TorchSharp calls it.</summary>
    public torch.Device Device { get; }

    /// <summary>The GPU's context, which TorchSharp shares; null on the processor.</summary>
    public CudaContext? Context { get; }

    /// <summary>The GPU's stream; null on the processor.</summary>
    public CudaStream? Stream { get; }

    /// <summary>What is logged.</summary>
    public string Name { get; }

    /// <summary>Loads libtorch and makes the device.</summary>
    /// <param name="name"><c>torch</c>, <c>torch-cuda</c> or <c>torch-cuda:N</c>.</param>
    /// <param name="threads">Threads that one op may use on the processor.</param>
    /// <exception cref="InputException">libtorch or the GPU cannot be had.</exception>
    public static TorchDevice Create(string name, int threads)
    {
        int? ordinal = TorchDevices.Parse(name);
        TorchLibrary library = TorchLibrary.Require(cuda: ordinal is not null);
        TorchThreads.Learn(threads);
        if (ordinal is not int gpu)
        {
            return new TorchDevice(torch.CPU, null, null, $"torch {library.Version}, {threads} threads");
        }

        CudaDeviceInfo info = CudaProbe.Require(gpu);
        if (!torch.cuda.is_available())
        {
            throw new InputException(
                $"The libtorch {library.Version} in '{library.Folder}' finds no GPU that it can use; run doctor, or set the option " +
                "'device' to cuda.");
        }

        CudaContext context = CudaContext.Retain(gpu);
        return new TorchDevice(
            torch.device(DeviceType.CUDA, gpu), context, new CudaStream(context), $"torch-cuda:{gpu} {info.Name}, torch {library.Version}");
    }

    /// <summary>Has TorchSharp work on the stream until what comes back is disposed, on the same thread.</summary>
    public StreamScope Enter() => Stream is null ? default : new StreamScope(TorchShim.EnterStream(Stream.Value, Context!.Device), Context);

    public void Dispose()
    {
        Stream?.Dispose();
        Context?.Dispose();
    }

    /// <summary>While it lives, the device's stream is the thread's current one.</summary>
    internal readonly struct StreamScope : IDisposable
    {
        private readonly nint guard;

        public StreamScope(nint guard, CudaContext context)
        {
            this.guard = guard;
            context.MakeCurrent();
        }

        public void Dispose()
        {
            if (guard != 0)
            {
                TorchShim.LeaveStream(guard);
            }
        }
    }
}
