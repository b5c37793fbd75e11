using System.Runtime.InteropServices;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// The op set on an NVIDIA GPU, through the driver alone: no CUDA toolkit, no other library. Tensors are row-major with rows
/// padded to four floats; an op is one kernel, queued on one stream, or a node of a recorded program's graph. Counters and noise
/// state lie in device memory, so a graph is recorded once and launched for good.
/// <para>
/// In parts: this one (what there is and how long), <c>.Memory</c> (tensors, in and out), <c>.Launch</c> (queueing and recording), <c>.Replay</c>
/// (batches that are on the device), and the ops as <c>.Dense</c>, <c>.Policy</c>,
/// <c>.Loss</c>, <c>.Optimizer</c>. The kernels are native/cuda-kernels; docs/cuda.md tells the whole.
/// </para>
/// </summary>
public sealed partial class CudaKernelDevice : IKernelDevice
{
    private const int StagingBuffers = 8, StagingBytes = 2 << 20;
    private const int NoiseStateBytes = 16;
    private const int NormParts = 256; // partial sums of a gradient norm

    private readonly CudaContext context;
    private readonly CudaModules modules;
    private readonly CudaStream stream;
    private readonly CudaStaging staging;
    private readonly PinnedMemory landing;
    private readonly DeviceMemory noiseState;
    private readonly DeviceMemory normScratch;
    private readonly List<CudaRecording> recordings = [];
    private readonly List<CudaReadback> readbacks = [];
    private readonly ProductKernels products;
    private readonly CudaDeviceOptions options;
    private ulong updateCounter;
    private ulong noiseSeed;
    private bool disposed;

    /// <summary>A device on GPU <see cref="CudaDeviceOptions.Ordinal"/>.</summary>
    /// <exception cref="CudaUnavailableException">There is no such GPU, no driver, or it is too old; the message says which.</exception>
    /// <exception cref="CudaException">The driver failed.</exception>
    public CudaKernelDevice(CudaDeviceOptions? options = null)
    {
        this.options = options ?? new CudaDeviceOptions();
        Info = CudaProbe.Require(this.options.Ordinal);
        products = ProductKernels.Of(this.options.Precision);
        context = CudaContext.Retain(this.options.Ordinal);
        try
        {
            modules = new CudaModules(context);
            stream = new CudaStream(context);
            staging = new CudaStaging(context, StagingBuffers, StagingBytes);
            landing = new PinnedMemory(context, StagingBytes);
            noiseState = new DeviceMemory(context, NoiseStateBytes);
            normScratch = new DeviceMemory(context, NormParts * sizeof(float));
            SendNoiseState();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the driver says of the GPU that this device runs on.</summary>
    public CudaDeviceInfo Info { get; }

    /// <summary>How matrix products are computed.</summary>
    public CudaPrecision Precision => options.Precision;

    /// <inheritdoc/>
    public bool RunsSideBySide => options.Parallel;

    /// <inheritdoc/>
    public string Name => $"cuda:{options.Ordinal} {Info.Name}, {PrecisionName(options.Precision)}";

    /// <inheritdoc/>
    public ulong UpdateCounter
    {
        get => updateCounter;
        set
        {
            updateCounter = value;
            SendNoiseState();
        }
    }

    /// <inheritdoc/>
    public ulong NoiseSeed
    {
        get => noiseSeed;
        set
        {
            noiseSeed = value;
            SendNoiseState();
        }
    }

    internal CudaContext Context => context;

    internal CudaStream Stream => stream;

    /// <summary>How a precision is written on the command line.</summary>
    public static string PrecisionName(CudaPrecision precision) => precision switch
    {
        CudaPrecision.TensorFloat32 => "tf32",
        CudaPrecision.BFloat16 => "bf16",
        _ => "fp32",
    };

    /// <inheritdoc/>
    public void Synchronize()
    {
        Enter();
        CudaCheck.Succeeded(CudaDriver.cuStreamSynchronize(stream));
    }

    /// <summary>
    /// A way to read <paramref name="tensors"/> without waiting: see <see cref="CudaReadback"/>. Freed with the device.
    /// </summary>
    /// <exception cref="CudaException">There is not enough memory.</exception>
    public CudaReadback CreateReadback(params ReadOnlySpan<Tensor> tensors)
    {
        Enter();
        RequireNotRecording();
        var made = new CudaReadback(this, tensors);
        readbacks.Add(made);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (stream is { IsInvalid: false })
        {
            _ = CudaDriver.cuStreamSynchronize(stream); // nothing may still use what is freed below; a lost device cannot
        }

        readbacks.ForEach(static readback => readback.Dispose());
        recordings.ForEach(static recording => recording.Dispose());
        blocks.ForEach(static block => block.Free());
        normScratch?.Dispose();
        noiseState?.Dispose();
        landing?.Dispose();
        staging?.Dispose();
        stream?.Dispose();
        modules?.Dispose();
        context.Dispose();
    }

    /// <summary>Seed and counter into device memory, where the kernels read them.</summary>
    private void SendNoiseState()
    {
        Enter();
        RequireNotRecording();
        Span<byte> state = staging.Take().Span;
        MemoryMarshal.Write(state, noiseSeed);
        MemoryMarshal.Write(state[8..], updateCounter);
        staging.Send(noiseState.Value, NoiseStateBytes, stream);
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        context.MakeCurrent();
    }

    private static void RequireAlike(TensorBlock block, TensorBlock like)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(like);
        if (block.Length != like.Length)
        {
            throw new ArgumentException(
                $"Block '{block.Name}' has {block.Length} elements, '{like.Name}' has {like.Length}; the op needs equal ones.");
        }
    }

    private static void RequireShape(Tensor tensor, int heads, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Heads != heads || tensor.Rows != rows || tensor.Columns != columns)
        {
            throw new ArgumentException($"{tensor} is not the [{heads}, {rows}, {columns}] that the op needs.");
        }
    }
}
