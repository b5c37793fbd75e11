using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Interop;

/// <summary>The one place where a driver's status becomes an exception.</summary>
internal static unsafe class CudaCheck
{
    /// <summary>Throws unless the call succeeded.</summary>
    /// <param name="status">The status that the call returned.</param>
    /// <param name="call">Its source text; the function's name is the part before the parenthesis.</param>
    /// <exception cref="CudaException">The driver answered with an error.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Succeeded(CudaStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != CudaStatus.Success)
        {
            Throw(status, call);
        }
    }

    /// <summary>The driver's name for a status, such as CUDA_ERROR_OUT_OF_MEMORY, and its sentence.</summary>
    public static string Describe(CudaStatus status)
    {
        try
        {
            _ = CudaDriver.cuGetErrorName(status, out byte* name);
            _ = CudaDriver.cuGetErrorString(status, out byte* text);
            return $"{Marshal.PtrToStringUTF8((nint)name) ?? status.ToString()} ({(int)status}): " +
                (Marshal.PtrToStringUTF8((nint)text) ?? "no description");
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return $"{status} ({(int)status})";
        }
    }

    [DoesNotReturn]
    [StackTraceHidden]
    private static void Throw(CudaStatus status, string call)
    {
        int end = call.IndexOf('(', StringComparison.Ordinal);
        string function = (end < 0 ? call : call[..end]).Replace("CudaDriver.", "", StringComparison.Ordinal);
        string advice = status switch
        {
            CudaStatus.OutOfMemory =>
                "; the GPU's memory is full: use a smaller replay mirror, batch or network, or another GPU with the option 'device'",
            CudaStatus.UnsupportedPtxVersion or CudaStatus.InvalidPtx => "; the NVIDIA driver is too old for these kernels: install a newer one",
            _ when CudaException.IsDeviceLost(status) =>
                "; this process cannot use the GPU any more: go on with the run by the option 'resume', " +
                "on the CPU by the option 'device' if it happens again",
            _ => "",
        };
        throw new CudaException(status, function, $"{function} failed with {Describe(status)}{advice}.");
    }
}
