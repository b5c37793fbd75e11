using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Gpu;

/// <summary>Memory that belongs to somebody else (a mapped file), page-locked while this lives.</summary>
internal sealed class RegisteredMemory : CudaResource
{
    private const uint ReadOnlyFlag = 8; // CU_MEMHOSTREGISTER_READ_ONLY

    /// <summary>Locks <paramref name="bytes"/> at <paramref name="address"/>, which must stay mapped.</summary>
    /// <exception cref="CudaException">The driver refused; some file systems' pages cannot be locked.</exception>
    public RegisteredMemory(CudaContext context, nint address, long bytes, bool readOnly)
        : base(context)
    {
        CudaCheck.Succeeded(CudaDriver.cuMemHostRegister_v2(address, (nuint)bytes, readOnly ? ReadOnlyFlag : 0));
        SetHandle(address);
    }

    /// <inheritdoc/>
    protected override CudaStatus Free() => CudaDriver.cuMemHostUnregister(handle);
}
