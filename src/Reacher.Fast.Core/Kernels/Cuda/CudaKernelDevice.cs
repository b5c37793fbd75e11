using System.Runtime.InteropServices;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// The op set on an NVIDIA GPU, through the driver alone: no CUDA toolkit, no other library. Tensors are row-major with rows
/// padded to four floats; an op is one kernel, queued on one stream, or a node of a recorded program's graph. Counters and noise
/// state lie in device memory, so a graph is recorded once and launched for good.
/// <para>
/// In parts: this one (memory, lifetime), <c>.Launch</c> (queueing and recording), and the ops as <c>.Dense</c>, <c>.Policy</c>,
/// <c>.Loss</c>, <c>.Optimizer</c>. The kernels are native/cuda-kernels; docs/cuda.md tells the whole.
/// </para>
/// </summary>
public sealed partial class CudaKernelDevice : IKernelDevice
{
    private const int StagingBuffers = 8, StagingBytes = 2 << 20;
    private const int TensorAlignment = 64; // floats: 256 bytes, as cuMemAlloc aligns and as wide as any access
    private const int NoiseStateBytes = 16;
    private const int NormParts = 256; // partial sums of a gradient norm

    private readonly CudaContext context;
    private readonly CudaModules modules;
    private readonly CudaStream stream;
    private readonly CudaStaging staging;
    private readonly PinnedMemory landing;
    private readonly DeviceMemory noiseState;
    private readonly DeviceMemory normScratch;
    private readonly List<TensorBlock> blocks = [];
    private readonly List<CudaRecording> recordings = [];
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

    /// <summary>The GPU.</summary>
    public CudaDeviceInfo Info { get; }

    /// <summary>How matrix products are computed.</summary>
    public CudaPrecision Precision => options.Precision;

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

    /// <summary>Floats from one row of a tensor to the next: its columns rounded up to 16 bytes.</summary>
    internal static int RowStride(int columns) => (columns + 3) & ~3;

    /// <summary>How a precision is written on the command line.</summary>
    public static string PrecisionName(CudaPrecision precision) => precision switch
    {
        CudaPrecision.TensorFloat32 => "tf32",
        CudaPrecision.BFloat16 => "bf16",
        _ => "fp32",
    };

    /// <inheritdoc/>
    public TensorBlock Allocate(string name, params ReadOnlySpan<TensorShape> shapes)
    {
        Enter();
        RequireNotRecording();
        long[] offsets = new long[shapes.Length];
        long[] headStrides = new long[shapes.Length];
        long length = 0;
        for (int i = 0; i < shapes.Length; i++)
        {
            offsets[i] = length;
            headStrides[i] = (long)shapes[i].Rows * RowStride(shapes[i].Columns);
            length += ((headStrides[i] * shapes[i].Heads) + TensorAlignment - 1) / TensorAlignment * TensorAlignment;
        }

        var memory = new DeviceMemory(context, length * sizeof(float));
        try
        {
            CudaCheck.Succeeded(CudaDriver.cuMemsetD8Async(memory.Value, 0, (nuint)memory.Bytes, stream));
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        var block = new TensorBlock(name, shapes, memory.Value, offsets, headStrides, length, memory);
        blocks.Add(block);
        return block;
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<float> values, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Enter();
        RequireNotRecording();
        RequireLength(values.Length, destination);
        int columns = destination.Columns, rowStride = RowStride(columns), capacity = staging.BufferBytes / sizeof(float), filled = 0;
        nint to = destination.Address;
        Span<float> buffer = staging.Take().Floats;
        for (int row = 0; row < destination.Heads * destination.Rows; row++)
        {
            for (int done = 0; done < rowStride;)
            {
                if (filled == capacity)
                {
                    staging.Send(to, filled * sizeof(float), stream);
                    to += filled * sizeof(float);
                    buffer = staging.Take().Floats;
                    filled = 0;
                }

                int count = Math.Min(rowStride - done, capacity - filled), valid = Math.Clamp(columns - done, 0, count);
                values.Slice((row * columns) + Math.Min(done, columns), valid).CopyTo(buffer[filled..]);
                buffer.Slice(filled + valid, count - valid).Clear();
                filled += count;
                done += count;
            }
        }

        staging.Send(to, filled * sizeof(float), stream);
    }

    /// <inheritdoc/>
    public unsafe void Download(Tensor source, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(source);
        Enter();
        RequireNotRecording();
        RequireLength(values.Length, source);
        int columns = source.Columns, rowStride = RowStride(columns), capacity = landing.Bytes / sizeof(float);
        long length = (long)source.Heads * source.Rows * rowStride;
        for (long from = 0; from < length; from += capacity)
        {
            int count = (int)Math.Min(capacity, length - from);
            CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoHAsync_v2(
                (void*)landing.Value, source.Address + (nint)(from * sizeof(float)), (nuint)count * sizeof(float), stream));
            CudaCheck.Succeeded(CudaDriver.cuStreamSynchronize(stream));
            Unpad(landing.Floats[..count], from, columns, values);
        }
    }

    /// <inheritdoc/>
    public void Copy(TensorBlock source, TensorBlock destination)
    {
        RequireAlike(source, destination);
        var arguments = new KernelArguments();
        arguments.Read(source);
        arguments.Write(destination);
        arguments.Value(source.Length);
        LaunchOver(CudaKernels.Copy, source.Length, arguments);
    }

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

    private readonly List<CudaReadback> readbacks = [];

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

    /// <summary>Takes the row padding out of elements <paramref name="first"/>.. of a padded tensor.</summary>
    internal static void Unpad(ReadOnlySpan<float> padded, long first, int columns, Span<float> values)
    {
        int rowStride = RowStride(columns);
        for (int at = 0; at < padded.Length;)
        {
            long row = (first + at) / rowStride;
            int column = (int)((first + at) % rowStride), count = Math.Min(rowStride - column, padded.Length - at);
            int valid = Math.Clamp(columns - column, 0, count);
            padded.Slice(at, valid).CopyTo(values[(int)((row * columns) + Math.Min(column, columns))..]);
            at += count;
        }
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

    private static void RequireLength(int length, Tensor tensor)
    {
        if (length != tensor.Shape.Elements)
        {
            throw new ArgumentException($"{tensor} has {tensor.Shape.Elements} elements, not {length}.");
        }
    }

    private static void RequireAlike(TensorBlock block, TensorBlock like)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(like);
        if (block.Length != like.Length)
        {
            throw new ArgumentException($"Block '{block.Name}' has {block.Length} elements, '{like.Name}' has {like.Length}; the op needs equal ones.");
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
