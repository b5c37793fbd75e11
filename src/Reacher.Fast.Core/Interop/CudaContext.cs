using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Interop;

/// <summary>A device's primary context, retained while this handle or anything made in it lives.</summary>
internal sealed class CudaContext : SafeHandle
{
    [ThreadStatic]
    private static nint currentOnThread;

    private CudaContext(int device, nint context)
        : base(0, ownsHandle: true)
    {
        Device = device;
        SetHandle(context);
    }

    /// <summary>The device's number.</summary>
    public int Device { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Retains the primary context of device <paramref name="ordinal"/>.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public static CudaContext Retain(int ordinal)
    {
        CudaCheck.Succeeded(CudaDriver.cuDeviceGet(out int device, ordinal));
        CudaCheck.Succeeded(CudaDriver.cuDevicePrimaryCtxRetain(out nint context, device));
        var made = new CudaContext(device, context);
        currentOnThread = 0; // a released context may have had the same address
        try
        {
            made.MakeCurrent();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Every driver call works on the calling thread's current context: makes it this one, where it is not.</summary>
    public void MakeCurrent()
    {
        if (currentOnThread != handle)
        {
            CudaCheck.Succeeded(CudaDriver.cuCtxSetCurrent(handle));
            currentOnThread = handle;
        }
    }

    /// <summary>As <see cref="MakeCurrent"/>, for releases, which must not throw and may run on the finalizer's thread.</summary>
    public void TryMakeCurrent()
    {
        if (currentOnThread != handle && CudaDriver.cuCtxSetCurrent(handle) == CudaStatus.Success)
        {
            currentOnThread = handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        currentOnThread = 0;
        return CudaDriver.cuDevicePrimaryCtxRelease_v2(Device) == CudaStatus.Success;
    }
}

/// <summary>Something made in a context, which it keeps alive: whatever order a program forgets things in, they go in the right one.</summary>
internal abstract class CudaResource : SafeHandle
{
    private readonly CudaContext context;
    private bool referenced;

    /// <summary>Takes a reference on <paramref name="context"/> and makes it current on this thread.</summary>
    protected CudaResource(CudaContext context)
        : base(0, ownsHandle: true)
    {
        this.context = context;
        context.DangerousAddRef(ref referenced);
        context.MakeCurrent();
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The native handle or address; valid while this lives.</summary>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Gives the resource back to the driver.</summary>
    protected abstract CudaStatus Free();

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        context.TryMakeCurrent();
        CudaStatus status = Free();
        if (referenced)
        {
            context.DangerousRelease();
        }

        return status == CudaStatus.Success;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // One that was never made (its factory threw) has nothing to free, but holds its reference.
        if (IsInvalid && referenced && !IsClosed)
        {
            referenced = false;
            context.DangerousRelease();
        }

        base.Dispose(disposing);
    }
}
