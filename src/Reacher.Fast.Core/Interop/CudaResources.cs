namespace Reacher.Fast.Core.Interop;

/// <summary>A loaded module: PTX that the driver has compiled for its device.</summary>
internal sealed unsafe class CudaModule : CudaResource
{
    /// <summary>Compiles <paramref name="ptx"/>, zero-terminated text.</summary>
    /// <exception cref="CudaException">The driver refused it.</exception>
    public CudaModule(CudaContext context, ReadOnlySpan<byte> ptx)
        : base(context)
    {
        fixed (byte* image = ptx)
        {
            CudaCheck.Succeeded(CudaDriver.cuModuleLoadDataEx(out nint module, image, 0, null, null));
            SetHandle(module);
        }
    }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuModuleUnload(handle);
}

/// <summary>A range of the GPU's memory, freed with this owner.</summary>
internal sealed class DeviceMemory : CudaResource
{
    /// <summary>Allocates <paramref name="bytes"/>; their contents are undefined.</summary>
    /// <exception cref="CudaException">There is not that much left.</exception>
    public DeviceMemory(CudaContext context, long bytes)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuMemAlloc_v2(out nint pointer, (nuint)Math.Max(bytes, 1)));
        SetHandle(pointer);
        Bytes = bytes;
    }

    /// <summary>How many bytes were asked for.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuMemFree_v2(handle);
}

/// <summary>
/// Page-locked host memory: what the device copies from and to by itself. (Memory pinned against the garbage collector is
/// not page-locked; a copy from it passes through the driver's own buffers and waits.)
/// </summary>
internal sealed unsafe class PinnedMemory : CudaResource
{
    /// <summary>Allocates <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="CudaException">There is not that much that may be locked.</exception>
    public PinnedMemory(CudaContext context, int bytes)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuMemHostAlloc(out nint pointer, (nuint)Math.Max(bytes, 1), 0));
        SetHandle(pointer);
        Bytes = bytes;
    }

    /// <summary>How many bytes were asked for.</summary>
    public int Bytes { get; }

    /// <summary>All of it, as bytes. Must not outlive this owner.</summary>
    public Span<byte> Span => new((void*)Value, Bytes);

    /// <summary>All of it, as floats.</summary>
    public Span<float> Floats => new((void*)Value, Bytes / sizeof(float));

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuMemFreeHost(handle);
}

/// <summary>A queue of device work, in order.</summary>
internal sealed class CudaStream : CudaResource
{
    private const uint NonBlocking = 1; // CU_STREAM_NON_BLOCKING: does not wait for the legacy default stream

    /// <summary>Makes a stream.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public CudaStream(CudaContext context)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuStreamCreate(out nint stream, NonBlocking));
        SetHandle(stream);
    }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuStreamDestroy_v2(handle);
}

/// <summary>A point in a stream, to be waited for.</summary>
internal sealed class CudaEvent : CudaResource
{
    private const uint DisableTiming = 2; // CU_EVENT_DISABLE_TIMING: cheaper to record

    /// <summary>Makes an event; <paramref name="timed"/> ones measure.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public CudaEvent(CudaContext context, bool timed = false)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuEventCreate(out nint made, timed ? 0 : DisableTiming));
        SetHandle(made);
    }

    /// <summary>Whether all before it is done; never waits.</summary>
    /// <exception cref="CudaException">The work before it failed.</exception>
    public bool IsDone
    {
        get
        {
            CudaStatus status = CudaDriver.cuEventQuery(this);
            if (status == CudaStatus.NotReady)
            {
                return false;
            }

            CudaCheck.Succeeded(status, nameof(CudaDriver.cuEventQuery));
            return true;
        }
    }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuEventDestroy_v2(handle);
}

/// <summary>Work described as nodes and dependencies.</summary>
internal sealed class CudaGraph : CudaResource
{
    /// <summary>Makes an empty graph.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public CudaGraph(CudaContext context)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuGraphCreate(out nint graph, 0));
        SetHandle(graph);
    }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuGraphDestroy(handle);
}

/// <summary>A graph made ready to be launched, again and again, with one call.</summary>
internal sealed class CudaGraphExecutable : CudaResource
{
    /// <summary>Makes <paramref name="graph"/> executable.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public CudaGraphExecutable(CudaContext context, CudaGraph graph)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuGraphInstantiateWithFlags(out nint executable, graph, 0));
        SetHandle(executable);
    }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuGraphExecDestroy(handle);
}
